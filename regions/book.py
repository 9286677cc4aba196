import copy, nbformat, sys
from pathlib import Path
W = Path("/work/wt/regions/notebooks")
other = nbformat.read(W / "05_dtl2_features.ipynb", 4)
book = nbformat.v4.new_notebook()
book.metadata = copy.deepcopy(other.metadata)
book.metadata["facediag"] = {"after": ["01", "02", "03", "04", "05"]}
book.nbformat_minor = other.nbformat_minor
cells = []
def add(kind, ident, text, *tags):
    make = nbformat.v4.new_markdown_cell if kind == "md" else nbformat.v4.new_code_cell
    cell = make(text.strip("\n")); cell.id = ident
    if tags: cell.metadata["tags"] = list(tags)
    cells.append(cell)
def md(i, t, *tags): add("md", i, t, *tags)
def code(i, t, *tags): add("code", i, t, *tags)
IGN = "nbval-ignore-output"

md("10-00", """
# 10 · Regions: is the whole face needed, or do its parts do?

DeepGestalt (Gurovich et al. 2019, the method of Face2Gene) does not look at the whole face alone. It cuts the aligned face into four
regions, gives each to a network of its own, and averages what the networks say. Its authors trained on 17,106 photographs of 216
syndromes; in 91% of 502 new photographs the right one was among its first ten. Neither their photographs nor their weights are
public. Does averaging regions help? Which region carries which class? And does it help to learn people first?
""")
code("10-01", """
profile_name = "bundled"  # which data: see facediag_utils/core/profiles.py
seed = 0
n_trainings = 1  # how often each network is trained, with different seeds
network = "casia_50px"  # "casia" takes the published 100 pixels, and four times as long
usual_epochs = 3  # of 200 images; DeepGestalt's authors trained for 500
""", "parameters")
code("10-02", """
from dataclasses import replace

import numpy as np
import pandas as pd

from facediag_utils.core import profiles
from facediag_utils.data import cohort, ground_truth, store
from facediag_utils.data.images import read_rgb
from facediag_utils.evaluation import metrics, paired_tests, region_results
from facediag_utils.faces import detection
from facediag_utils.figures import curves, face_regions, style
from facediag_utils.methods import dtl1, people, regions
from facediag_utils.networks import registry
from facediag_utils.networks.records import AVERAGED, REGIONS

style.set_style()
profile = profiles.profile(profile_name)
images = cohort.load(profile)
faces = detection.find_faces(images)
table, task = images.table, cohort.tasks(images)[-1]
""")
md("10-03", """
## Four regions

Full face, upper half, middle (from ear to ear) and lower half; grey, and scaled to a square of 100 pixels. The authors do not say
where a region ends. Here it is a box on the aligned face, from forehead to chin.
""")
code("10-04", """
rows = [int(np.flatnonzero(faces.found & (table["label"] == label))[0]) for label in task.classes[:8]]
figure = face_regions.regions_on_faces(images, faces, rows, 100)
style.save(figure, profile, "10_regions", "The four regions of DeepGestalt, and what its networks see", formats=["png"])
""", "pictures")
code("10-04a", """
from facediag_utils.faces.regions import BOXES

boxes = pd.DataFrame(BOXES, index=["left", "top", "right", "bottom"]).T
boxes.rename(index=REGIONS).rename_axis("share of the aligned face's side")
""")
md("10-05", """
## The network

Ten convolutions, which were published together with the photographs of CASIA-WebFace (Yi et al. 2014). DeepGestalt puts a
batch norm and a ReLU behind each convolution but the last, and drops half of the last layer's inputs while it trains. With
CASIA-WebFace's 10,575 people as classes the network has 5,015K weights (K = 1,024), without the batch norms.
""")
code("10-06", """
from facediag_utils.networks import flops

record = registry.get("casia")
layers = flops.layers(registry.build(record), record.input_size)
print(f"{sum(weights for *_, weights in layers) / 1024:.0f}K weights, {record.macs / 1e6:.0f}M multiply-accumulates")
lines = [(name, " x ".join(map(str, shape)), round(weights / 1024, 2)) for name, shape, weights in layers]
pd.DataFrame(lines, columns=["layer", "output", "weights (K)"]).set_index("layer")
""")
md("10-07", """
## The recipe

Stochastic gradient descent at 5e-3 with momentum 0.9 and without weight decay; the new layer begins with Xavier's normal numbers at a
scale of 0.3; every picture is turned by up to 5 degrees, shifted by up to 5% of its side, sheared by up to 5 degrees, zoomed by up to
5%, and half of them are mirrored. All of this is in `regions.DEEPGESTALT`.

What two cores have no time for: the authors begin with weights that know 10,575 people from half a million photographs, and then train for
500 epochs at 100 pixels. Here the networks begin with random numbers and see a few epochs at 50 pixels. So these rows are called
**the recipe without its pretraining**: they show how the method works, not how good DeepGestalt is. As in notebook 04, the result is
the mean of the weights after each epoch of the second half.
""")
code("10-08", """
learnt = int(((table["split"] == "train") & table["label"].isin(task.classes)).sum())
recipe = replace(regions.DEEPGESTALT, epochs=dtl1.epochs(usual_epochs, learnt))
wanted = [job for k in range(n_trainings) for job in regions.jobs(network, task, recipe, k)]
names = ["epochs", "learning_rate", "weight_decay", "momentum", "batch", "xavier", "augmentation"]
both = {"published": regions.DEEPGESTALT, "here": recipe}
side = {"published": 100, "here": registry.get(network).input_size}
said = {who: {"side (px)": side[who]} | {name: str(getattr(one, name)) for name in names} for who, one in both.items()}
pd.DataFrame(said)
""")
md("10-09", """
One more network takes part: before it learns the classes, it learns to tell people apart, as DeepGestalt's did. It learns everyone
who is *not* tested: the training people and the 60 people of `identities/`, one photograph each. More below.
""", "rendered")
code("10-10", """
has_people = ground_truth.available(images, "identities") and ground_truth.available(images, "cases")
if has_people:
    briefly = replace(regions.PEOPLE, epochs=recipe.epochs)
    source = people.Identification(f"full:{network}", *people.never_tested(images), briefly, seed)
    begun = [dtl1.Job(f"full:{network}", task, recipe, k, start=source) for k in range(n_trainings)]
    wanted = begun + wanted  # the longest first
""", "rendered")
code("10-11", """
outcomes = regions.train(wanted, images, faces, seed, kept=wanted[0])
trained = {(job.backbone, job.start is not None, job.training): found for job, found in zip(wanted, outcomes, strict=True)}
saved = [said for said, _ in outcomes]
for k in range(n_trainings):
    saved.append(regions.averaged([trained[f"{region}:{network}", False, k][0] for region in REGIONS]))
store.save(profile, *saved)
print(len(wanted), "trainings of", recipe.epochs, "epochs")
""")
code("10-12", """
line = f"{task.title}, {profile.title}"
runs = {
    f"{REGIONS[region]}, from random weights": [trained[f"{region}:{network}", False, k][1] for k in range(n_trainings)]
    for region in ("full", "lower")
}
figure = curves.training_curves(runs, "test images", len(task.classes), line)
style.save(figure, profile, "10_training", "DeepGestalt's recipe from random weights, two of its regions")
""")
md("10-13", """
## Four answers become one

Each network gives a probability to each class. The four lists are averaged, and the classes are ranked by the mean: that is the list
which Face2Gene shows (their Figure 1). Here is one test face.
""")
code("10-14", """
test = np.flatnonzero(faces.found & (table["split"] == "test") & table["label"].isin(task.classes))
row = int(np.random.default_rng(seed).choice(test))
said = {}
for region in REGIONS:
    one = trained[f"{region}:{network}", False, 0][0]
    said[region] = one.scores[list(one.image).index(table["image"].iloc[row])]
title = f"A test face of the class {style.class_title(table['label'].iloc[row])}, {profile.title}"
given = read_rgb(table["path"].iloc[row]), faces.landmarks[row]
figure = face_regions.ranked_list(*given, registry.get(network).input_size, said, task.classes, title)
style.save(figure, profile, "10_ranked_list", "What each region's network says of one face, and their mean", formats=["png"])
""", IGN, "pictures")
md("10-15", """
How often is each right? And is the mean better than its best part? The best region must not be chosen on the test images: that would
flatter it. It is the one with the smallest error on the *training* images, as they were met in the second half of the training. McNemar's
exact test compares the mean with it.
""")
code("10-16", """
errors = {
    region: np.mean([regions.error_as_met(trained[f"{region}:{network}", False, k][1]) for k in range(n_trainings)])
    for region in REGIONS
}
stored = store.load(profile, neighbours=True)
best = regions.best_region(errors)
of_recipe = region_results.compared(stored, task, store.Method.DEEPGESTALT, network, best)
print(of_recipe)
of_recipe.column().to_frame()
""", IGN)
md("10-17", """
**What it shows.** How far the recipe gets from random weights in so few epochs. Compare it with guessing, and with notebook 04, which
trains another network from scratch. Brackets hold 95% intervals over the test images; of one training each, they say nothing of how
another seed would have done.

**What it does not show.** How good DeepGestalt is: what it is known for, its pretraining and its many photographs, is missing.
""")
md("10-18", """
## The same regions through networks that know faces

The networks of notebook 05 were trained on millions of photographs of people. Each region goes through each of them, grey and
stretched as above. On the features stands a logistic regression, because its probabilities can be averaged. Its penalty and the best
region are chosen on training images, which are predicted out of fold.
""")
code("10-19", """
networks = [name for name in registry.installed() if registry.get(name).task == "face recognition"]
found = {name: regions.of_network(name, task, images, faces, seed) for name in networks}
store.save(profile, *(test for of_one in found.values() for test, _ in of_one.values()))
""")
code("10-20", """
stored, shown = store.load(profile, neighbours=True), []
for name in networks:
    held = {region: float((out.predicted != out.label).mean()) for region, (_, out) in found[name].items()}
    shown.append(region_results.compared(stored, task, store.Method.LOGISTIC, name, regions.best_region(held)))
store.write_csv(profile.results / "regions.csv", pd.DataFrame([one.row() for one in (of_recipe, *shown)]))
for one in shown:
    print(one)
pd.concat([one.column() for one in shown], axis=1)
""")
code("10-21", """
of_regions = stored[stored["method"].isin([method.value for method in store.Method if method.neighbour])]
store.write_csv(profile.results / "measured_regions.csv", metrics.summarize(of_regions, task))
right = {key[1:3]: hits for key, hits in paired_tests.correctness(stored, task).items()}
for name in networks:
    mean, whole = right[store.Method.LOGISTIC.value, f"{AVERAGED}:{name}"], right.get((store.Method.DTL2.value, name))
    if whole is not None:
        pair = paired_tests.compare(mean, whole)
        words = f"{registry.get(name).title}: mean of the regions less DTL2 (one crop, in colour)"
        print(f"{words}: {pair.difference.points()} points, p = {pair.p:.3f}")
""", IGN)
md("10-22", """
**What it shows.** Whether four grey regions tell more than one crop in colour, with the same network on the same test images. A
difference whose interval holds 0 can be chance.

**What it does not show.** What a network would make of a region that it was trained on. These networks were trained on whole faces;
half a face, stretched, is strange to them.
""")
md("10-23", """
## Which region carries which class?

Each class against all others: the area under the ROC curve is the share of pairs, one image of the class and one of another, that the
region ranks correctly.
""")
md("10-23a", """
At the right is what no photograph tells: where the signs are. For every ill test face the mask of its signs is laid over the aligned
face, and what lies in each region is counted.
""", "rendered")
code("10-24", """
best = networks[0]
rows = store.select(stored, task=task.name, method=store.Method.LOGISTIC)
areas = region_results.areas(rows, task, best)
is_test = (table["split"] == "test").to_numpy()
counts = table["label"][is_test].value_counts().to_dict()
shares = None
if images.profile.rendered and ground_truth.available(images):
    tested = images.part("test")
    shares = region_results.sign_shares(tested, detection.find_faces(tested))
title = f"{registry.get(best).title}, features and logistic regression, test images, {profile.title}"
figure = face_regions.region_table(areas, shares, counts, title)
style.save(figure, profile, "10_region_table", "Which region of the face tells which class")
""")
code("10-25", """
if shares is not None:
    halves = region_results.halves(rows, best, shares, shares.columns)
    agree = sum((row["signs"] > 0) == (row["area"].value > 0) for _, row in halves.iterrows())
    print(f"the half with more of the signs is the better one for {agree} of {len(halves)} diseases")
    said = {"signs: upper less lower": halves["signs"].map("{:+.0%}".format)}
    said |= {"area: upper less lower (95%)": [area.plain(sign="+") for area in halves["area"]], "p": halves["p"].astype(float).round(3)}
    shown = pd.DataFrame(said).rename(index=style.class_title)
    display(shown)
""", "rendered")
md("10-26", """
**What it shows.** Which part of the face is enough to tell a class from the others. A region without any of a class's signs can do so
all the same, by what else differs between the classes.
""")
md("10-26a", """
Ancestry does (notebook 01): a control has no signs at all, and is told from the others better than chance where regions see that.

**What it does not show.** Which region matters in patients. The signs were put there by a list, and one number says how marked they
all are.
""", "rendered")
md("10-27", """
## Does it help to learn people first?

The network learned to tell everyone apart who is not tested, from one photograph each, by the recipe of DeepGestalt's pretraining
(Adam at 1e-3). Then its last layer was replaced, and the recipe from above went on, on the full face. Three questions:

1. Does it know people again whom it has never seen? The two further photographs of each *test* person (`cases/`) make pairs: the same
   person or two. The cosine of their features should tell. This is measured with random weights, after learning people, and after
   learning diseases, which, as the authors say, makes "identity-related features disappear".
2. Does it tell diseases better than from random weights?
3. Is the difference more than chance?
""", "rendered")
code("10-28", """
from facediag_utils.evaluation.verification import verification_area

if has_people:
    cases = ground_truth.companion(images, "cases")
    truth, person = detection.true_faces(cases), cases.table["subject"].to_numpy()
    learned = source.train()
    stages = {
        "random weights": people.untrained(source),
        "after learning people": learned.averaged,
        "after learning diseases too": outcomes[0][1].averaged,
    }
    known = {}
    for words, stage in stages.items():
        known[words] = verification_area(people.embedded(stage, source.backbone, cases, truth), person)
    pairs = f"n = {len(cases)} photographs of {len(set(person))} test people"
    figure = face_regions.verification_areas(known, f"The same person or two? {pairs}\\n{profile.title}")
    style.save(figure, profile, "10_verification", "Does the network know people again, before and after each training?")
""", IGN, "rendered")
code("10-29", """
if has_people:
    stored = store.load(profile, neighbours=True)
    of_task = paired_tests.correctness(store.select(stored, task=task.name, backbone=f"full:{network}"), task)
    right = {key[1]: hits for key, hits in of_task.items()}
    first, second = right[store.Method.DEEPGESTALT_PRETRAINED.value], right[store.Method.DEEPGESTALT.value]
    for words, hits in (("after learning people", first), ("from random weights", second)):
        print(f"{words}: {hits.sum(axis=1).mean():g} of {hits.shape[1]} test images right")
    found = paired_tests.compare(first, second)
    print(f"difference: {found.difference.points()} points, p = {found.p:.3f}")
    answer = "yes" if found.difference.low > 0 else "no, it harms" if found.difference.high < 0 else "cannot tell"
    print("does learning people first help here?", answer)
""", IGN, "rendered")
md("10-30", """
**What it shows.** What pretraining does when it is as small as this: a few hundred rendered people, one photograph each, a few epochs.

**What it does not show.** What CASIA-WebFace would bring. The networks above, which learned millions of photographs of people, are
nearer to that.
""", "rendered")
md("10-31", """
## Two classes out of many

DeepGestalt's authors also ask questions of two classes: one syndrome against all others, and ill against well. No network is trained for
that here: the averaged probabilities of the classes are added up. The class with the largest probability is the answer, and the area
under the ROC curve tells how well the sum ranks.
""")
code("10-32", """
from facediag_utils.evaluation import one_against_rest
from facediag_utils.evaluation.roc_analysis import roc

mean = store.select(stored, task=task.name, method=store.Method.LOGISTIC, backbone=f"{AVERAGED}:{best}")
lines = {}
for name, positive in one_against_rest.questions(task).items():
    two, question = one_against_rest.collapsed(mean, positive, name)
    measured = metrics.with_intervals(two, question)
    words = "ill against control" if len(positive) > 1 else f"{style.class_title(name)} against all others"
    lines[words] = {"AUC": roc(two, question).area.plain()} | {
        metric: measured[metric] for metric in ("sensitivity", "specificity")
    }
binary = pd.DataFrame(lines).T
binary.rename_axis(f"{registry.get(best).title}, mean of the regions")
""")
md("10-33", """
**What it shows.** How well one class is told from all others. Where the others are many, a specificity is easily high: whoever never
names the class has 100%.

**What it does not show.** What a network would reach that was trained for the question.
""")
md("10-33a", """
All of these numbers were measured **on rendered faces**.
""", "rendered")
md("10-ex0", "## Exercises")
md("10-ex1", """
**More of the recipe.** Set `network = "casia"` and `usual_epochs = 50`, and leave the computer alone for some hours. What does the training
error say, and what the test error?
""")
md("10-ex2", """
**Luck.** Set `n_trainings = 3`. How far apart are the three accuracies of a region, and is the mean of the regions steadier?
""")
md("10-ex3", """
**A mean of something else.** Average the four probabilities of each class by their *product* (the mean of the logarithms). Which faces change
their answer?
""")
md("10-ex4", """
**Two regions.** Leave the full face out of the mean. Is anything lost?
""")
book.cells = cells
nbformat.validate(book)
nbformat.write(book, W / "10_regions.ipynb")
