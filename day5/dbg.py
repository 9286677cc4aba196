import facediag_utils, hashlib, torch, sys
from dataclasses import replace
from facediag_utils.methods import fingerprint as F, regions
from facediag_utils.methods.training import Classifier
from facediag_utils.methods.augmentation import augmented
from facediag_utils.networks import registry
from facediag_utils.methods.devices import one_thread
def d(t): return hashlib.sha256(t.detach().contiguous().numpy().tobytes()).hexdigest()[:8]
rec=registry.get('casia_32px'); g=torch.Generator().manual_seed(0)
net=Classifier('casia_32px',5,False,g)
print('w',[ (n,bool(torch.isfinite(p).all())) for n,p in net.named_parameters() if not torch.isfinite(p).all()], d(next(net.parameters())))
chips=F._pictures(21,32)
x=registry.prepare(chips[:10],rec); print('prep',d(x),bool(torch.isfinite(x).all()))
x=augmented(x,regions.PEOPLE.augmentation,g); print('aug',d(x),bool(torch.isfinite(x).all()), x.min().item(), x.max().item())
def hook(name): 
    def f(m,i,o):
        if isinstance(o,torch.Tensor): print(name,type(m).__name__,tuple(o.shape),d(o),bool(torch.isfinite(o).all()),flush=True)
    return f
for n,m in net.named_modules():
    if not list(m.children()): m.register_forward_hook(hook(n))
net.train(True)
with one_thread():
    torch.manual_seed(3); y=net(x); l=torch.nn.functional.cross_entropy(y,torch.arange(10)%5); print('loss',l.item()); l.backward()
for n,p in net.named_parameters(): print(n,d(p.grad),bool(torch.isfinite(p.grad).all()))
