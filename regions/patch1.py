from pathlib import Path
def sub(path, *pairs):
    p=Path(path); t=p.read_text()
    for a,b in pairs:
        assert t.count(a)==1,(path,a,t.count(a)); t=t.replace(a,b)
    p.write_text(t)
sub("facediag_utils/networks/records.py",
('UNTRAINED = "untrained:"  # before a name: the network with random weights\n',
'''UNTRAINED = "untrained:"  # before a name: the network with random weights
#: Before a name and a colon: the network sees a part of the face only (Gurovich et al. 2019); `facediag_utils.faces.regions`
#: has the parts.
REGIONS = {"full": "full face", "upper": "upper half", "middle": "ear to ear", "lower": "lower half"}
AVERAGED = "regions"  # likewise: four of them, one a region, whose answers are averaged
'''),
('    crop : {"tight", "loose", "arcface"}\n        Which crop of an aligned face it gets; see `facediag_utils.faces.alignment.CROPS`.\n',
'''    crop : str
        Which crop of an aligned face it gets, one of `facediag_utils.faces.alignment.CROPS`.
'''))
sub("facediag_utils/networks/registry.py",
("from dataclasses import fields\n","from dataclasses import fields, replace\n"),
("import NOTHING, UNTRAINED, Backbone, UntrainedBackbone, read_records\n","import (\n    AVERAGED,\n    NOTHING,\n    REGIONS,\n    UNTRAINED,\n    Backbone,\n    UntrainedBackbone,\n    read_records,\n)\n"),
('''    """The record of a network; ``timm:<name>`` asks timm, ``untrained:<name>`` is one with random weights.

    Raises WeightsError for an unknown name."""
''','''    """The record of a network; ``timm:<name>`` asks timm, ``untrained:<name>`` is one with random weights, ``lower:<name>`` one
    that sees the lower half of the face (`REGIONS`), ``regions:<name>`` four of these whose answers are averaged.

    Raises WeightsError for an unknown name."""
    region, _, whole = name.partition(":")
    if region in (*REGIONS, AVERAGED):
        return _of_region(region, get(whole))
'''),
('''def build(record: Backbone) -> Any:
''','''def _of_region(region: str, record: Backbone) -> Backbone:
    name = f"{region}:{record.name}"
    if region == AVERAGED:
        return replace(record, name=name, title=f"{record.title}, mean of {len(REGIONS)} regions", macs=len(REGIONS) * record.macs)
    return replace(record, name=name, title=f"{record.title}, {REGIONS[region]}", crop=region)


def build(record: Backbone) -> Any:
'''))
sub("facediag_utils/faces/alignment.py",
("from facediag_utils.faces.detection import Faces\n","from facediag_utils.faces.detection import Faces\nfrom facediag_utils.faces.regions import ALIGNED_SIDE, BOXES, region_of\n"),
('CROPS = {**PADDING, "arcface": "five-points"}\n','CROPS = {**PADDING, "arcface": "five-points", **BOXES}\n'),
('''    crop : {"tight", "loose", "arcface"}
        See `PADDING` and `ARCFACE`.
''','''    crop : str
        One of `CROPS`: see `PADDING`, `ARCFACE` and `facediag_utils.faces.regions.BOXES`.
'''),
('''        uint8 RGB, (size, size, 3); black where the picture ends.
''','''        uint8 RGB, (size, size, 3); black where the picture ends, grey in all three channels if the crop is a region.
'''),
('''    import dlib

    if crop == "arcface":
''','''    import dlib

    if crop in BOXES:
        return region_of(face_chip(image, landmarks, ALIGNED_SIDE, "loose"), crop, size)
    if crop == "arcface":
'''),
('''    As opening a picture costs more than cutting, the first call cuts what every installed network takes.  The files are
    kept until `remove_chips`, which a run calls at its end.
''','''    As opening a picture costs more than cutting, the first call cuts what every installed network takes, and the first that
    asks for a region cuts all regions, for all networks of faces.  The files are kept until `remove_chips`, which a run calls
    at its end.
'''),
('''    kinds = {(size, crop), *((record.input_size, record.crop) for record in records)}
''','''    kinds = {(size, crop), *((record.input_size, record.crop) for record in records)}
    if crop in BOXES:
        sides = {size, *(record.input_size for record in records if record.task == FACES)}
        kinds |= {(side, region) for side in sides for region in BOXES}
'''),
("from facediag_utils.networks import registry\n","from facediag_utils.networks import registry\nfrom facediag_utils.networks.records import FACES\n"),
('''{kind[0]}-{kind[1]}-{CROPS[kind[1]]}-{content.hexdigest()[:16]}''','''{kind[0]}-{kind[1]}-{_setting(kind[1])}-{content.hexdigest()[:16]}'''),
('''def _cut(cohort''','''def _setting(crop: str) -> str:
    return str(CROPS[crop]).strip("()").replace(", ", "_")


def _cut(cohort'''),
)
p=Path("facediag_utils/networks/published.toml"); t=p.read_text()
mark="# torchvision's versions, trained on ImageNet anew: not the paper's\n"
assert mark in t
rec='''# The network of DeepGestalt (notebook 10), at the side that it was published with and at half of it, for two cores

'''
for side,name,macs in ((100,"casia",0),(50,"casia_50px",0)):
    rec+=f'''[{name}]
title = "CASIA network, {side} px"
pretraining = "CASIA-WebFace"
task = "face recognition"
input_size = {side}
crop = "loose"
mean = [127.5, 127.5, 127.5]
std = [128.0, 128.0, 128.0]
layers = {{ pool5 = 320 }}
architecture = "casia_network.CasiaNetwork"
parameters = 5_137_568
macs = {macs}
source = "D. Yi et al. 2014; Gurovich et al. 2019 (DeepGestalt)"
licence = "unpublished"
note = "neither its authors' weights nor DeepGestalt's were published"

'''
p.write_text(t.replace(mark,rec+mark))
