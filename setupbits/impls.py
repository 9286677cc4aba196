import facediag_utils, sys
import numpy as np, torch
from facediag_utils.methods import fingerprint, dtl2
from facediag_utils.methods.training import Classifier
from facediag_utils.methods.devices import one_thread
from facediag_utils.networks import registry
for name in sys.argv[1:]:
    rec=registry.get(name); print("NET",name,flush=True)
    net=Classifier(name,5,True,torch.Generator().manual_seed(0)).to(memory_format=torch.channels_last)
    x=registry.prepare(fingerprint._pictures(2,rec.input_size),rec)
    with one_thread():
        net(x).sum().backward()
