import facediag_utils, time, torch
torch.set_num_threads(1)
from facediag_utils.networks.architectures.casia_network import CasiaNetwork
net=CasiaNetwork().to(memory_format=torch.channels_last)
print(sum(p.numel() for p in net.parameters()), sum(p.numel() for n,p in net.named_parameters() if 'norm' not in n)/1024)
for side,b in ((100,10),(64,10),(48,10),(48,20)):
    x=torch.randn(b,3,side,side).to(memory_format=torch.channels_last)
    for mode in ("train","eval"):
        ts=[]
        for k in range(4):
            t=time.process_time()
            if mode=="train":
                net.train(); net.zero_grad(); net.features(x).square().sum().backward()
            else:
                net.eval()
                with torch.inference_mode(): net.features(x)
            ts.append((time.process_time()-t)/b)
        print(side,b,mode,[f"{1e3*t:.1f}" for t in ts],"ms/img")
