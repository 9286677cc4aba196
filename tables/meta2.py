import facediag_utils, torch
from facediag_utils.networks import registry
names=["efficientnet_lite0","mobilenet_vggface2","dlib_resnet29","mobileface"]
for name in names:
    with torch.device("meta"):
        registry.build(registry.get(name))
for name in names:
    print(name, not any(parameter.is_meta for parameter in registry.load(name).parameters()))
