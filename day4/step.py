import facediag_utils, time, resource
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
    opt.zero_grad(); l=F.cross_entropy(net(x),y); l.backward(); opt.step(); return l
for _ in range(3): step()
r0=resource.getrusage(resource.RUSAGE_SELF)
ts=[]
for _ in range(15):
    t=time.perf_counter(); l=step(); ts.append(time.perf_counter()-t)
r1=resource.getrusage(resource.RUSAGE_SELF)
print("ms/image median",sorted(ts)[7]*100,"user",(r1.ru_utime-r0.ru_utime)/1.5*10,"sys",(r1.ru_stime-r0.ru_stime)/1.5*10,"faults",(r1.ru_minflt-r0.ru_minflt)/15, float(l))
with torch.no_grad():
    ts=[]
    for _ in range(15):
        t=time.perf_counter(); net(x); ts.append(time.perf_counter()-t)
    print("fwd", sorted(ts)[7]*100)
