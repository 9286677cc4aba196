import facediag_utils, torch
from facediag_utils.networks import registry
for k in (0,1,2):
    r=registry.get(f"efficientnet_lite{k}"); n=registry.load(r.name)
    with torch.inference_mode():
        x=torch.randn(1,3,r.input_size,r.input_size); print([m.shape for m in n._stages(x)], n.features(x,"stages").shape)
