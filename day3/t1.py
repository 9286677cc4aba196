import facediag_utils, time, torch, numpy as np
from facediag_utils.methods import training, fingerprint
from facediag_utils.methods.recipe import Recipe
from facediag_utils.methods.training_state import TrainingState
from facediag_utils.networks import registry
torch.set_num_threads(1)
a=torch.randn(1024,1024); b=torch.randn(1024,1024)
for _ in range(3): a@b
t=time.perf_counter(); n=20
for _ in range(n): a@b
dt=(time.perf_counter()-t)/n; print("matmul GFLOP/s", 2*1024**3/dt/1e9)
lin=torch.nn.functional.conv2d
for name in ("dlib_resnet29","efficientnet_lite0"):
    rec=registry.get(name); g=torch.Generator().manual_seed(0)
    net=training.Classifier(name,5,True,g).to(memory_format=torch.channels_last); net.eval()
    opt=torch.optim.SGD(net.parameters(),lr=1e-4,momentum=.9,weight_decay=5e-4)
    x=torch.randn(10,3,rec.input_size,rec.input_size).contiguous(memory_format=torch.channels_last); y=torch.arange(10)%5
    for k in range(6):
        t=time.perf_counter()
        tog=training._at_once(10,rec,Recipe(),torch.device("cpu"))
        opt.zero_grad()
        tf=tb=0
        for p in (slice(i,i+tog) for i in range(0,10,tog)):
            t1=time.perf_counter(); l=net(x[p]); t2=time.perf_counter()
            (torch.nn.functional.cross_entropy(l,y[p],reduction="sum")/10).backward(); t3=time.perf_counter(); tf+=t2-t1; tb+=t3-t2
        t4=time.perf_counter(); opt.step(); t5=time.perf_counter()
    dt=t5-t; print(name,"together",tog,"ms/image",dt*100,"fwd",tf*100,"bwd",tb*100,"opt",(t5-t4)*100, "GFLOP/s", 6*rec.macs*10/dt/1e9)
