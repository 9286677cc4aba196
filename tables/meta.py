import facediag_utils, torch
from facediag_utils.networks import registry
with torch.device("meta"):
    registry.build(registry.get("mobileface"))
n=registry.load("mobileface"); print(n(torch.zeros(1,3,112,112)).shape, not any(p.is_meta for p in n.parameters()))
