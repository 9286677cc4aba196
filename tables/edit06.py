import nbformat, uuid
P="/work/wt/tables/notebooks/06_advanced_backbones.ipynb"
nb=nbformat.read(P,4); c=nb.cells
def md(text,*tags): 
    x=nbformat.v4.new_markdown_cell(text); x.metadata={"tags":list(tags)} if tags else {}; return x
def code(text,*tags):
    x=nbformat.v4.new_code_cell(text); x.metadata={"tags":list(tags)} if tags else {}; return x
def src(i,text): c[i].source=text
src(0,'''# 06 · Which network? More faces, or more layers?

Which networks are there, what do they cost, and what does it bring that they were trained on something before?''')
src(3,'''import pandas as pd
import torch

from facediag_utils.core import profiles
from facediag_utils.data import cohort, store
from facediag_utils.data.store import Method
from facediag_utils.evaluation import domain_distance
from facediag_utils.faces import detection
from facediag_utils.figures import curves, style, tables
from facediag_utils.methods import dtl2
from facediag_utils.networks import flops, registry

style.set_style()
profile = profiles.profile(profile_name)
images = cohort.load(profile)
faces = detection.find_faces(images)
networks = registry.installed()''')
src(4,'''## The networks that are here

A record says what a network is, what it was trained on, which crop of a face it gets, and how many features it gives. Some come with
`make setup`, and `make weights` fetches more. `FACEDIAG_WEIGHTS=folder` says where you keep files of your own.''')
src(5,'''records = [registry.get(name) for name in networks]
pd.DataFrame(
    {
        "name": networks,
        "network": [record.title for record in records],
        "trained for": [record.task for record in records],
        "trained on": [record.pretraining for record in records],
        "input (px)": [record.input_size for record in records],
        "crop": [record.crop for record in records],
        "features": [record.layers[record.feature_layer] for record in records],
    }
)''')
src(6,'''from textwrap import fill

print(registry.absent(networks))
for record in map(registry.get, registry.names()):
    if record.note:  # what is not known of its weights, or where to look for others
        print("", fill(f"{record.name}: {record.note}.", 120), sep="\\n")''')
src(7,'''## What do they cost?

Equation (8) counts the multiply-accumulates of a convolution, and equation (9) adds up the layers; `flops.macs` does this with
hooks on any network. Speed depends on the architecture, not on the values of the weights. It is measured on this machine in batches
of two, with zeros for weights, so that the paper's architectures can be measured without theirs.''')
src(8,'''shapes = {}
for name in [*networks, *tables.of_the_paper()]:  # each architecture once
    shapes.setdefault(registry.get(name).title, name)
speed = {}
for name in shapes.values():
    with torch.device("meta"):  # shapes without values
        network = registry.build(registry.get(name))
    speed[name] = flops.milliseconds(network, registry.get(name).input_size)
tables.costs(shapes.values(), speed)''')
src(9,'''tables.costs(tables.of_the_paper(), {})''')
c[9].metadata={"tags":["paper"]}
src(10,'''**What it shows.** Counts are not times. A network of depthwise convolutions has few multiplications, and it is slow all the same:
each number that it reads from memory is used a few times only.''')
twelve=code('''task = cohort.tasks(images)[-1]
shown = tables.printed(6, task)
tables.styled(shown, "Table 6 of the paper, measured on photographs (DSF)")''',"paper")
thirteen=code('''stored = store.select(store.load(profile), method=Method.DTL2)
task = cohort.tasks(images)[-1]
copies = {registry.get(name).architecture: f"untrained:{name}" for name in reversed(networks)}
untrained = []
for name in copies.values():  # one of each architecture
    said, _ = dtl2.run(task, images, dtl2.extract(name, images, faces), name, seed=seed)
    untrained.append(said.frame())
table = tables.side_by_side([6], pd.concat([stored, *untrained]), task, profile)
tables.styled(table, f"{task.title}, features and SVM: the networks of this run")''')
new=[
 *c[:10],
 md('''**What it shows.** The counts agree with the paper's column to about 1%. The paper's 3.87G is, to the digit, the ResNet50 with the
8,631 classes of VGGFace2.''',"paper"),
 c[10],
 md('''## What does pretraining bring?

Each network gives features, and a linear SVM learns from them (DTL2, notebook 05). Below it stands an *untrained copy*: the same
architecture with random weights. What its features tell is the architecture's own, and was not learned from other pictures.'''),
 md('''The paper's Table 6 asks the same of its networks: does it help that a network has seen more faces?''',"paper"),
 twelve,
 md('''This run puts the question to the networks that are here. What each was trained on stands beside it; N is nothing. If weights of
the paper's four networks are installed, their rows come first, with the paper's numbers beside. **No other row is the paper's.**''',"paper"),
 md('''This run's numbers were measured **on rendered faces**.''',"rendered"),
 thirteen,
 md('''**What it shows.** The row of a network less the row of its untrained copy is what the pictures have taught it that it was trained on.
If networks of faces stand above networks of objects, of whatever size, it matters which pictures these were. Notebook 08 tests this
pair by pair.

**What it does not show.** That a network is better *because* it has seen more faces. Architecture, input size, crop and number of
features change with the training data, and the intervals are wide. That could be told only by two networks that differ in their
training data alone.'''),
 md('''## How far are these faces from the faces that a network knows?

Equations (1) to (3) of the paper bound the loss of accuracy between a source and a target domain by their divergence: how well the
best classifier tells them apart. Ben-David et al. (2007) estimate it with a trained linear classifier, the *proxy A-distance*: 0 if
the classifier cannot tell them apart, 2 if it always can.

The photographs that the networks were trained on are not here, so the **healthy controls stand in for the faces that a network
knows**. All images are used, test images too: this describes the data, and no accuracy is made from it.''',"paper"),
 *c[14:],
]
src(14,'''labels = images.table["label"].to_numpy(dtype=str)
source = faces.found & (labels == images.classes[-1])
features = {registry.get(name).title: dtl2.extract(name, images, faces) for name in networks}
found = {title: {} for title in features}
rows = []
for label in images.classes[:-1]:
    target = faces.found & (labels == label)
    rows.append(f"{style.class_title(label)} (n = {target.sum()})")
    for title, values in features.items():
        found[title][label] = domain_distance.proxy_a_distance(values[source], values[target], seed)
title = f"From {style.class_title(images.classes[-1]).lower()} (n = {source.sum()})\\n{profile.title}"
figure = curves.distances(found, rows, title)
style.save(figure, profile, "06_distances", "Proxy A-distance from the controls to each disease")''')
src(15,'''pd.DataFrame(
    {
        style.class_title(label): {name: f"{d[label].value:.1f} (mixed {d[label].shuffled:.1f})" for name, d in found.items()}
        for label in images.classes[:-1]
    }
)''')
src(16,'''**What it shows.** If a disease is far from the controls in a network's features, a linear classifier can easily tell it from them,
whatever the reason. Hollow marks show what the estimate makes of *no* difference at all: with so few images per set it need not be
0.

**What it does not show.** That the distance is due to the disease. Ancestry differs between the classes too (notebook 01), and a
linear classifier uses whatever tells them apart. The distance is no bound in the sense of eq. (2) either. That needs the true
source, the best classifier instead of one found from few images, and a term for what no classifier can do in both domains.''')
src(18,'''**Another network.** Any network of timm works: `dtl2.extract("timm:resnet18.a1_in1k", images, faces)` after `make weights
WEIGHTS=timm:resnet18.a1_in1k`. It was trained on ImageNet. Does it come out among the other networks of objects?''')
nb.cells=new
nbformat.validate(nb)
import re
for x in nb.cells:
    if "id" not in x or not x["id"]: x["id"]=uuid.uuid4().hex[:8]
nbformat.write(nb,P)
