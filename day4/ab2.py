import facediag_utils, time, types, sys
import torch
from torch import nn
from torch.nn import functional as F
from facediag_utils.networks.architectures import dlib_resnet29 as R
from facediag_utils.methods.training import Classifier
torch.set_num_threads(1)
def af(self,x): return torch.addcmul(self.bias[:,None,None],x,self.weight[:,None,None])
def bf(self,x):
    y=self.affine2(self.conv2(F.relu_(self.affine1(self.conv1(x)))))
    s=F.avg_pool2d(x,2,stride=2) if self.down else x
    size=[max(a,b) for a,b in zip(y.shape,s.shape,strict=True)]
    return F.relu_(R._padded(y,size)+R._padded(s,size))
def nf(self,x,layer="pooled"):
    x=F.max_pool2d(F.relu_(self.affine(self.conv(x))),3,stride=2)
    p=self.blocks(x).mean(dim=(2,3))
    return self.fc(p) if layer=="descriptor" else p
def make(addc=False,inpl=False):
    g=torch.Generator().manual_seed(0)
    net=Classifier("dlib_resnet29",5,True,g).to(memory_format=torch.channels_last)
    for m in net.modules():
        if addc and isinstance(m,R.Affine): m.forward=types.MethodType(af,m)
        if inpl and isinstance(m,R.Block): m.forward=types.MethodType(bf,m)
    if inpl: net.body.features=types.MethodType(nf,net.body)
    return net,torch.optim.SGD(net.parameters(),lr=5e-5,momentum=.9,weight_decay=5e-4)
g=torch.Generator().manual_seed(0)
x=torch.randn(10,3,150,150,generator=g).contiguous(memory_format=torch.channels_last); y=torch.randint(5,(10,),generator=g)
def step(net,opt):
    opt.zero_grad(); l=F.cross_entropy(net(x),y); l.backward(); opt.step(); return l.item()
V={"now":make(),"inplace":make(False,True),"addcmul":make(True,False),"both":make(True,True)}
T={n:[] for n in V}; E={n:[] for n in V}
for k in range(16):
    for n,v in V.items():
        t=time.perf_counter(); l=step(*v); T[n].append(time.perf_counter()-t)
        if k==15: print(n,l)
    with torch.inference_mode():
        for n,v in V.items():
            t=time.perf_counter(); v[0](x); E[n].append(time.perf_counter()-t)
for D in (T,E):
    for n,v in D.items(): v=sorted(v[2:]); print(n, "ms/image min %.1f median %.1f"%(v[0]*100,v[len(v)//2]*100))
