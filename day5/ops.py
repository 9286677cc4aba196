import facediag_utils, hashlib, torch, sys
from facediag_utils.methods.devices import one_thread
def d(t): return hashlib.sha256(t.detach().contiguous().numpy().tobytes()).hexdigest()[:8]
g=torch.Generator().manual_seed(0)
with one_thread():
    for n,k,m in ((10,320,5),(10,320,260),(20,320,260)):
        x=torch.randn(n,k,generator=g,requires_grad=True); w=torch.nn.Parameter(torch.randn(m,k,generator=g)); b=torch.nn.Parameter(torch.zeros(m))
        y=torch.nn.functional.linear(x,w,b); print(n,k,m,'y',d(y))
        l=torch.nn.functional.log_softmax(y,1); print('  lsm',d(l)); loss=-l[:,0].mean(); loss.backward(); print('  loss',loss.item().hex(), 'gw',d(w.grad),'gx',d(x.grad),'gb',d(b.grad))
    # adam
    p=torch.nn.Parameter(torch.randn(100003,generator=g)*0.1); o=torch.optim.Adam([p],lr=1e-3)
    for i in range(5):
        p.grad=torch.randn(p.shape,generator=g)*0.01; o.step(); print('adam',i,d(p))
    q=torch.rand(100003,generator=g); print('sqrt',d(q.sqrt()),'lerp',d(q.lerp(p.data,0.1)),'addcdiv',d(torch.addcdiv(q,p.data,q+1,value=0.3)),'addcmul',d(torch.addcmul(q,p.data,p.data,value=0.001)))
    h=torch.empty(64,32,3,3); torch.nn.init.kaiming_normal_(h,generator=g); print('he',d(h))
    for p in (0.9**k for k in range(1,30)): print(p.hex()[-4:],end=' ')
