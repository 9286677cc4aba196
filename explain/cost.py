import facediag_utils, time, os, numpy as np
import torch; torch.set_num_threads(1)
from facediag_utils.networks import registry
for name in ("dlib_resnet29","efficientnet_lite0","mobilenet_vggface2"):
    try:
        net=registry.load(name)
    except Exception as e: print(name,e); continue
    r=registry.get(name)
    net=net.to(memory_format=torch.channels_last)
    shapes=[]
    hs=[m.register_forward_hook(lambda m,i,o,n=n: shapes.append((n,type(m).__name__,tuple(o.shape)))) for n,m in net.named_modules()]
    x=torch.randn(1,3,r.input_size,r.input_size).to(memory_format=torch.channels_last)
    with torch.inference_mode(): net.features(x, r.feature_layer)
    for h in hs: h.remove()
    print(name, r.input_size, r.crop, r.task); print([s for s in shapes if len(s[2])==4][-6:])
    for b in (8,32):
        x=torch.randn(b,3,r.input_size,r.input_size).to(memory_format=torch.channels_last)
        t=time.process_time()
        with torch.inference_mode(): net.features(x, r.feature_layer)
        print(b, 1000*(time.process_time()-t)/b, 'ms cpu')
