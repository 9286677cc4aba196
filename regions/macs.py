import facediag_utils, torch
from facediag_utils.networks import registry, flops
for n in ("casia","casia_50px"):
    r=registry.get(n); net=registry.build(r).eval(); print(n, flops.macs(net,r.input_size))
print(registry.get("lower:dlib_resnet29").title, registry.get("regions:casia").title, registry.get("untrained:lower:casia"))
