import facediag_utils, time, torch
from facediag_utils.methods import training
from facediag_utils.networks import registry
torch.set_num_threads(1)
name="efficientnet_lite0"; rec=registry.get(name)
net=training.Classifier(name,5,True,torch.Generator().manual_seed(0))
i=0



print()
for fr in (0,12,24,33,42):
    net=training.Classifier(name,5,True,torch.Generator().manual_seed(0)).to(memory_format=torch.channels_last); net.eval(); net.freeze(fr)
    x=torch.randn(2,3,224,224).contiguous(memory_format=torch.channels_last); y=torch.tensor([0,1])
    b=9
    for k in range(8):
        t=time.perf_counter(); l=net(x); t2=time.perf_counter(); torch.nn.functional.cross_entropy(l,y).backward(); t3=time.perf_counter(); 
        if t3-t<b: b=t3-t; f=t2-t
    print(fr, "ms/image", b*500, "fwd", f*500)
