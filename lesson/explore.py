"""Lite0 on the old cohort: tight, size 128, 320, stages pooled and in a grid, BN measured anew; saved as npz."""
import facediag_utils, time, torch, numpy as np, sys
torch.set_num_threads(1)
from dataclasses import replace
from torch.nn import functional as F
from facediag_utils.core import profiles
from facediag_utils.data import cohort
from facediag_utils.faces import detection, alignment
from facediag_utils.methods import dtl2
from facediag_utils.networks import registry
what = sys.argv[1]
name = sys.argv[2] if len(sys.argv) > 2 else "efficientnet_lite0"
images = cohort.load(profiles.profile("bundled")); faces = detection.find_faces(images)
r = registry.get(name)
net = registry.load(name).to(memory_format=torch.channels_last)
def run(r, f, step=16):
    chips = alignment.aligned_chips(images, faces, r.input_size, r.crop)
    out = []
    with torch.inference_mode():
        for k in range(0, len(chips), step): out.append(f(registry.prepare(chips[k:k+step], r)).numpy())
    return np.concatenate(out)
def stages(x):
    n = net.network; x = n._swish(n._bn0(n._conv_stem(x))); b = n._blocks; got = [x]
    for k, blk in enumerate(b):
        x = blk(x)
        if k == len(b)-1 or b[k+1]._block_args.output_filters != b[k]._block_args.output_filters: got.append(x)
    x = n._swish(n._bn1(n._conv_head(x))); got.append(x)
    return got
c = time.process_time()
if what == "stages":
    res = {}
    chips = alignment.aligned_chips(images, faces, r.input_size, r.crop)
    with torch.inference_mode():
        for k in range(0, len(chips), 16):
            for s, m in enumerate(stages(registry.prepare(chips[k:k+16], r))):
                for g in (1, 2, 4): res.setdefault(f"s{s}g{g}", []).append(F.adaptive_avg_pool2d(m, g).flatten(1).numpy())
    res = {k: np.concatenate(v) for k, v in res.items()}
elif what == "bn":
    chips = alignment.aligned_chips(images, faces, r.input_size, r.crop)
    train = np.flatnonzero((images.table["split"] == "train").to_numpy())
    for m in net.modules():
        if isinstance(m, torch.nn.BatchNorm2d): m.reset_running_stats(); m.momentum = None; m.train()
    order = np.random.default_rng(0).permutation(train)
    with torch.inference_mode():
        for k in range(0, len(order), 20): net.features(registry.prepare(chips[np.sort(order[k:k+20])], r))
    net.eval()
    res = {"bn": run(r, net.features)}
else:
    crop, size = what.split("-")
    r = replace(r, crop=crop, input_size=int(size))
    res = {what: run(r, net.features)}
np.savez(f"/tmp/h/lesson/x_{name.replace(':','-')}_{what}.npz", **res); print(what, name, time.process_time() - c, flush=True)
