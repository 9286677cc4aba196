import facediag_utils, time
import torch
from torch.nn import functional as F
from facediag_utils.networks import registry
from facediag_utils.methods.training import Classifier
torch.set_num_threads(1)
g=torch.Generator().manual_seed(0)
net=Classifier("dlib_resnet29",5,True,g).to(memory_format=torch.channels_last)
x=torch.randn(10,3,150,150,generator=g).contiguous(memory_format=torch.channels_last); y=torch.randint(5,(10,),generator=g)
opt=torch.optim.SGD(net.parameters(),lr=5e-5,momentum=.9,weight_decay=5e-4)
def step():
    opt.zero_grad(); F.cross_entropy(net(x),y).backward(); opt.step()
for _ in range(3): step()
t=time.perf_counter()
for _ in range(10): step()
print("ms/image",(time.perf_counter()-t)*1e3/100)
with torch.no_grad():
    for _ in range(3): net(x)
    t=time.perf_counter()
    for _ in range(10): net(x)
    print("forward ms/image",(time.perf_counter()-t)*1e3/100)
from torch.profiler import profile, ProfilerActivity
with profile(activities=[ProfilerActivity.CPU],record_shapes=False) as p:
    for _ in range(10): step()
print(p.key_averages().table(sort_by="self_cpu_time_total",row_limit=22,max_name_column_width=45))
import numpy as np
a=np.random.rand(2048,2048).astype("f4"); a@a
t=time.perf_counter(); [a@a for _ in range(4)]; print("GFLOP/s",4*2*2048**3/(time.perf_counter()-t)/1e9)
from facediag_utils.networks import flops
print([n for n in dir(flops) if not n.startswith("_")])
