import facediag_utils, time, collections
import torch
from facediag_utils.networks import registry
from facediag_utils.methods.training import Classifier
torch.set_num_threads(1)
g=torch.Generator().manual_seed(0)
net=Classifier("dlib_resnet29",5,True,g).to(memory_format=torch.channels_last)
x=torch.randn(10,3,150,150,generator=g).contiguous(memory_format=torch.channels_last)
shapes=collections.Counter()
def hook(m,i,o):
    shapes[(tuple(i[0].shape),m.in_channels,m.out_channels,m.kernel_size[0],m.stride[0],m.padding[0],tuple(o.shape))]+=1
for m in net.modules():
    if isinstance(m,torch.nn.Conv2d): m.register_forward_hook(hook)
with torch.no_grad(): net(x)
def best(f,n=12):
    for _ in range(2): f()
    ts=[]
    for _ in range(n):
        t=time.perf_counter(); f(); ts.append(time.perf_counter()-t)
    return sorted(ts)[len(ts)//2]*1e3
tot=[0,0,0,0]
for fmt in (torch.channels_last, torch.contiguous_format):
  print(fmt)
  tot=[0]*4
  for (s,ci,co,k,st,p,o),n in shapes.items():
    a=torch.randn(s).contiguous(memory_format=fmt); w=torch.randn(co,ci,k,k).contiguous(memory_format=fmt); b=torch.randn(co)
    gy=torch.randn(o).contiguous(memory_format=fmt)
    macs=o[0]*o[1]*o[2]*o[3]*ci*k*k
    f=best(lambda: torch.ops.aten.convolution(a,w,b,[st,st],[p,p],[1,1],False,[0,0],1))
    bd=best(lambda: torch.ops.aten.convolution_backward(gy,a,w,[co],[st,st],[p,p],[1,1],False,[0,0],1,[True,False,False]))
    bw=best(lambda: torch.ops.aten.convolution_backward(gy,a,w,[co],[st,st],[p,p],[1,1],False,[0,0],1,[False,True,True]))
    gf=lambda ms: 2*macs/ms/1e6
    print(n,s,"->",o,k,st,p,f"macs/img {macs/10/1e6:.1f}M  fwd {f:.2f} ({gf(f):.0f})  bwd-data {bd:.2f} ({gf(bd):.0f})  bwd-w {bw:.2f} ({gf(bw):.0f})")
    tot[0]+=n*f;tot[1]+=n*bd;tot[2]+=n*bw;tot[3]+=n*macs/10
  print([round(t/10,2) for t in tot[:3]], tot[3]/1e6,"M macs")
