"""features, gram, by thread count"""
import facediag_utils, sys, hashlib, time
import numpy as np, torch
from facediag_utils.networks import registry
from facediag_utils.methods import dtl2, fingerprint
names = sys.argv[1:] or [n for n in registry.installed()]
for name in names:
    rec = registry.get(name)
    net = registry.load(name).to(memory_format=torch.channels_last)
    for n in (32, 14, 1):
        pics = fingerprint._pictures(n, rec.input_size)
        ds = {}
        for t in (1, 2, 3, 8):
            torch.set_num_threads(t)
            ds[t] = fingerprint._digest(dtl2.features_of(net, rec, rec.feature_layer, pics))[:8]
        print(name, n, ds, "SAME" if len(set(ds.values()))==1 else "DIFFERS", flush=True)
