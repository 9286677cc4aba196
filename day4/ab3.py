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
    return self.blocks(x).mean(dim=(2,3))
def conv(c,a,x): return F.conv2d(x,c.weight*a.weight[:,None,None,None],c.bias*a.weight+a.bias,c.stride,c.padding)
def cf(self,x):
    y=F.relu_(conv(self.conv1,self.affine1,x)); y=conv(self.conv2,self.affine2,y)
    s=F.avg_pool2d(x,2,stride=2) if self.down else x
    size=[max(a,b) for a,b in zip(y.shape,s.shape,strict=True)]
    return F.relu_(R._padded(y,size)+R._padded(s,size))
def cnf(self,x,layer="pooled"):
    return self.blocks(F.max_pool2d(F.relu_(conv(self.conv,self.affine,x)),3,stride=2)).mean(dim=(2,3))
def make(kind):
    g=torch.Generator().manual_seed(0)
    net=Classifier("dlib_resnet29",5,True,g).to(memory_format=torch.channels_last)
    for m in net.modules():
        if "a" in kind and isinstance(m,R.Affine): m.forward=types.MethodType(af,m)
        if "i" in kind and isinstance(m,R.Block): m.forward=types.MethodType(bf,m)
        if "f" in kind and isinstance(m,R.Block): m.forward=types.MethodType(cf,m)
    if "i" in kind: net.body.features=types.MethodType(nf,net.body)
    if "f" in kind: net.body.features=types.MethodType(cnf,net.body)
    return net,torch.optim.SGD(net.parameters(),lr=5e-5,momentum=.9,weight_decay=5e-4),(5 if "5" in kind else 2 if "2" in kind else 10)
g=torch.Generator().manual_seed(0)
x=torch.randn(10,3,150,150,generator=g).contiguous(memory_format=torch.channels_last); y=torch.randint(5,(10,),generator=g)
def step(net,opt,m):
    opt.zero_grad()
    for k in range(0,10,m): (F.cross_entropy(net(x[k:k+m]),y[k:k+m],reduction="sum")/10).backward()
    opt.step()
V={n:make(n) for n in ("now","i","ia","f","ia5","f5","f2")}
V={"now":make("-")}|{n:make(n) for n in ("i","ia","f","ia5","f5","f2")}
T={n:[] for n in V}
for k in range(22):
    for n,v in V.items():
        t=time.perf_counter(); l=step(*v); T[n].append(time.perf_counter()-t)
for n,v in T.items(): v=sorted(v[2:]); print(n, "ms/image min %.1f median %.1f"%(v[0]*100,v[len(v)//2]*100))
