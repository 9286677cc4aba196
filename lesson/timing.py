import facediag_utils, time, torch, numpy as np, sys
torch.set_num_threads(1)
from facediag_utils.networks import registry
from facediag_utils.methods import dtl2
for n in sys.argv[1:]:
    r = registry.get(n); net = registry.load(n).to(memory_format=torch.channels_last)
    x = np.random.default_rng(0).integers(0,256,(32,r.input_size,r.input_size,3),dtype=np.uint8)
    dtl2.features_of(net, r, r.feature_layer, x[:8])
    c=time.process_time(); t=time.time(); dtl2.features_of(net, r, r.feature_layer, x)
    print(n, f"{(time.process_time()-c)/32*1e3:.1f} cpu ms/img, wall {(time.time()-t)/32*1e3:.1f}", flush=True)
