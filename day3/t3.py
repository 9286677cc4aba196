import facediag_utils, torch
from facediag_utils.methods import training
from facediag_utils.networks import registry
import sys
torch.set_num_threads(1)
name,n=sys.argv[1],int(sys.argv[2]); rec=registry.get(name)
net=training.Classifier(name,5,True,torch.Generator().manual_seed(0)).to(memory_format=torch.channels_last); net.eval()
x=torch.randn(n,3,rec.input_size,rec.input_size).contiguous(memory_format=torch.channels_last); y=torch.arange(n)%5
for _ in range(3): torch.nn.functional.cross_entropy(net(x),y).backward()
with torch.profiler.profile() as p:
    for _ in range(3): torch.nn.functional.cross_entropy(net(x),y).backward()
print(p.key_averages().table(sort_by="self_cpu_time_total",row_limit=14,max_name_column_width=50).split("\n",40) and "\n".join(l[:105] for l in p.key_averages().table(sort_by="self_cpu_time_total",row_limit=14).split("\n")))
