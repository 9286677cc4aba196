import facediag_utils, torch
from torch.nn import functional as F
from facediag_utils.methods.training import Classifier
torch.set_num_threads(1)
g=torch.Generator().manual_seed(0)
net=Classifier("dlib_resnet29",5,True,g).to(memory_format=torch.channels_last)
x=torch.randn(10,3,150,150,generator=g).contiguous(memory_format=torch.channels_last); y=torch.randint(5,(10,),generator=g)
for k in range(2):
    print("STEP",flush=True); F.cross_entropy(net(x),y).backward()
