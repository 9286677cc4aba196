import facediag_utils, time, torch
from facediag_utils.methods import training
from facediag_utils.networks import registry
torch.set_num_threads(1)
name="dlib_resnet29"; rec=registry.get(name)
nets={}
for fmt in (torch.channels_last, torch.contiguous_format):
    for n in (10,5,2):
        net=training.Classifier(name,5,True,torch.Generator().manual_seed(0)).to(memory_format=fmt); net.eval()
        x=torch.randn(n,3,150,150).contiguous(memory_format=fmt); y=torch.arange(n)%5
        best=9
        for k in range(6):
            t=time.process_time(); torch.nn.functional.cross_entropy(net(x),y).backward(); best=min(best,time.process_time()-t)
        print(fmt,n,round(1e3*best/n,1),"ms/image",flush=True)
