import facediag_utils, time, types, sys
import torch
from torch import nn
from torch.nn import functional as F
from facediag_utils.networks import registry
from facediag_utils.networks.architectures import dlib_resnet29 as R
from facediag_utils.methods.training import Classifier
torch.set_num_threads(1)
def conv(c,a,x):
    w=c.weight*a.weight[:,None,None,None]; b=c.bias*a.weight+a.bias
    return F.conv2d(x,w,b,c.stride,c.padding)
def bf(self,x):
    y=F.relu_(conv(self.conv1,self.affine1,x)); y=conv(self.conv2,self.affine2,y)
    s=F.avg_pool2d(x,2,stride=2) if self.down else x
    size=[max(a,b) for a,b in zip(y.shape,s.shape,strict=True)]
    return F.relu_(R._padded(y,size)+R._padded(s,size))
def nf(self,x,layer="pooled"):
    x=F.max_pool2d(F.relu_(conv(self.conv,self.affine,x)),3,stride=2)
    p=self.blocks(x).mean(dim=(2,3))
    return self.fc(p) if layer=="descriptor" else p
def make():
    g=torch.Generator().manual_seed(0)
    net=Classifier("dlib_resnet29",5,True,g).to(memory_format=torch.channels_last)
    opt=torch.optim.SGD(net.parameters(),lr=5e-5,momentum=.9,weight_decay=5e-4)
    return net,opt
g=torch.Generator().manual_seed(0)
x=torch.randn(10,3,150,150,generator=g).contiguous(memory_format=torch.channels_last); y=torch.randint(5,(10,),generator=g)
def step(net,opt):
    opt.zero_grad(); l=F.cross_entropy(net(x),y); l.backward(); opt.step(); return l.item()
a=make(); b=make()
for m in b[0].modules():
    if isinstance(m,R.Block): m.forward=types.MethodType(bf,m)
b[0].body.features=types.MethodType(nf,b[0].body)
c=make()
for m in c[0].modules():
    if isinstance(m,R.Block): m.forward=types.MethodType(bf,m)
c[0].body.features=types.MethodType(nf,c[0].body)
c=(c[0],torch.optim.SGD(c[0].parameters(),lr=5e-5,momentum=.9,weight_decay=5e-4,fused=True))
T={"now":[], "folded":[], "folded+fused":[]}; E={"now":[],"folded":[]}
for k in range(14):
    for n,v in zip(T,(a,b,c)):
        t=time.perf_counter(); l=step(*v); T[n].append(time.perf_counter()-t)
        if k==13: print(n,l)
    with torch.inference_mode():
        for n,v in zip(E,(a,b)):
            t=time.perf_counter(); v[0](x); E[n].append(time.perf_counter()-t)
for D in (T,E):
    for n,v in D.items(): v=sorted(v[2:]); print(n, "ms/image min %.1f median %.1f"%(v[0]*100,v[len(v)//2]*100))
