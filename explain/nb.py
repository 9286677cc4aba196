"""Builds notebooks/12_explanations.ipynb."""
import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
cells = []
def md(id, text, *tags):
    c = new_markdown_cell(text.strip("\n")); c["id"] = id
    if tags: c.metadata["tags"] = list(tags)
    cells.append(c)
def code(id, text, *tags):
    c = new_code_cell(text.strip("\n")); c["id"] = id
    if tags: c.metadata["tags"] = list(tags)
    cells.append(c)

md("12-00", """
# 12 · Explanations: what did the network look at?

A score says *what* a network answers. Users want to know *why*, and systems such as Face2Gene answer with a heat map over the
face. Heat maps always look convincing. But is what they show true?
""")
md("12-00a", """
On photographs nobody can say. Here somebody can: the faces are rendered, so it is known which places bear a sign, and each ill face
has a healthy *twin*, the same photograph without the signs. So heat maps can be scored instead of admired. None of these scores says
anything about patients.
""", "rendered")
code("12-01", """
profile_name = "bundled"  # which data: see facediag_utils/core/profiles.py
seed = 0
n_faces = 30  # test faces per class that are explained
n_dtl1 = 10  # of these, how many for the fine-tuned networks
""", "parameters")
code("12-02", """
import numpy as np
import pandas as pd
import torch

from facediag_utils.core import profiles
from facediag_utils.data import cohort, ground_truth, store
from facediag_utils.evaluation import localisation, true_signs, twin_swap
from facediag_utils.evaluation.interval import over_people, wilson_interval
from facediag_utils.faces import alignment, detection
from facediag_utils.figures import heat_maps, style
from facediag_utils.methods import contrast, dtl1, dtl2, explanations, svm
from facediag_utils.methods.recipe import Recipe
from facediag_utils.networks import registry

style.set_style()
profile = profiles.profile(profile_name)
images = cohort.load(profile)
faces = detection.find_faces(images)
task, network = cohort.tasks(images)[-1], registry.installed()[0]
record, labels = registry.get(network), images.table["label"].to_numpy(dtype=str)
""")
md("12-03", """
## What is explained: one number

DTL2 ends in a linear SVM. Between two classes its answer is the sign of one number, the margin

$$m(x) = w \\cdot f(x) + b,$$

where $f(x)$ are the network's features. Everything below explains this number for each test face: *its own class less one other
class*, with which all are compared. For DTL1 the same number is the difference of two logits. If one of the classes is healthy, the
others are compared with that one, else with the last.
""")
code("12-04", """
features = dtl2.extract(network, images, faces)
_, fitted = dtl2.run(task, images, features, network, seed=seed)
second, body = contrast.healthy(task.classes), registry.load(network)
tested = (images.table["split"] == "test").to_numpy() & faces.found
firsts = [name for name in task.classes if name != second and (tested & (labels == name)).any()]
rows = {name: np.flatnonzero(tested & (labels == name))[:n_faces] for name in firsts}
contrasts = {name: contrast.of_svm(fitted.svm, body, network, name, second) for name in firsts}
chips = alignment.aligned_chips(images, faces, record.input_size, record.crop)
margins = {name: contrasts[name].margins(chips[rows[name]]) for name in firsts}
above = [str(wilson_interval(int((margins[name] > 0).sum()), len(rows[name]))) for name in firsts]
pd.DataFrame({"less": style.class_title(second), "margin above 0": above}, index=firsts).rename(style.class_title)
""")
md("12-05", """
## Four ways to ask where

| | what it does | passes through the network per face |
|---|---|---|
| **CAM** (class activation map) | applies $w$ to every place of the last map, before it is averaged | 1 |
| **Grad-CAM** | weighs the channels of a map by the mean gradient of $m$ | 1, and 1 back |
| **occlusion** | covers a window with an average face of the other class: by how much does $m$ fall? | 26 |
| **integrated gradients** | adds up gradients of $m$ on the way from that average face to this one | 8, and 8 back |

If the features are the mean over the places $p$ of a last map $A$, then CAM is exact, because a mean can be taken before or after a
linear layer:

$$m(x) = w \\cdot \\frac1P \\sum_p A_p + b = \\frac1P \\sum_p (w \\cdot A_p + b).$$
""")
code("12-06", """
margin = contrasts[firsts[0]]
x = registry.prepare(chips[rows[firsts[0]][:1]], record)
seen = []
hook = explanations.map_layer(margin, 2).register_forward_hook(lambda *given: seen.append(given[2]))
with torch.inference_mode():
    answer = margin(x)
hook.remove()
weight, bias = margin.head.weight[0], margin.head.bias
by_hand = torch.einsum("nchw,c->nhw", seen[-1], weight) + bias
print(f"margin {answer.item():.4f}, mean of the map {by_hand.mean().item():.4f}; the map's places: {tuple(by_hand.shape[1:])}")
print("as the package has it:", torch.allclose(by_hand, explanations.cam(margin, x, x[0])[:, 0], atol=1e-4))
""")
md("12-07", """
**What it shows.** CAM adds up to the answer exactly. And the last map of this network has very few places: it says which quarter of
the face, and no more. So Grad-CAM is taken at the last layer with a map of at least 7 × 7 places, where it is no longer exact.

## The maps
""")
code("12-08", """
methods = list(explanations.METHODS)
maps = explanations.of_classes(methods, contrasts, images, faces, rows, second)
everyone = np.concatenate([rows[name] for name in firsts])
names, of_class = images.table["image"].to_numpy(dtype=str)[everyone], labels[everyone]
title = f"DTL2, {record.title}"
signs = [None] * len(everyone)  # where they are is not known
print(f"{len(everyone)} faces, {len(maps)} maps each, {explanations.SIDE} x {explanations.SIDE} places")
""")
code("12-09", """
truth = true_signs.truth(images, faces, everyone, explanations.SIDE, record.crop)
signs = truth.signs
""", "rendered")
code("12-10", """
shown, largest = [], [int(np.flatnonzero(of_class == name)[margins[name].argmax()]) for name in firsts[:4]]
for k in largest:
    own = {name: found[k] for name, found in maps.items()}
    shown.append(heat_maps.Shown(style.class_title(of_class[k]), chips[everyone[k]], own, signs[k]))
line = f"{title} + SVM: each class less {style.class_title(second)}, {profile.title}"
figure = heat_maps.maps_over_faces(shown, line)
style.save(figure, profile, "12_heat_maps", "Heat maps of four methods over test faces", formats=["png"])
""", "pictures")
md("12-11", """
The figure has, per class, the test face with the largest margin. Bright places speak for the class and against the other one;
what speaks against the class is not drawn. Each map is scaled to its own highest value.
""", "pictures")
md("12-11a", """
Lines surround the places that the signs changed by at least half of what counts as wholly changed (datasheet).
""", "rendered", "pictures")
md("12-12", """
**What it shows.** What four methods make of one and the same number of one and the same network. They need not agree.

**What it does not show.** Which of them is right. A map that lies on the eyes looks sensible, whatever the network did.
""")
md("12-13", """
## Class maps: pooling and a 1×1 convolution

Some networks for facial skin disease end in global pooling and a 1×1 convolution. The two can change places, so every class has a
map for nothing: where would the last layer say what? Here it is for the fine-tuned network (DTL1) with the largest last map.
""", "pictures")
code("12-14", """
learnt = int(((images.table["split"] == "train") & images.table["label"].isin(task.classes)).sum())
finest = max(registry.fine_tuned(), key=explanations.class_map_side)
tuned = {}
for name in dict.fromkeys([network, finest]):  # as in notebook 04: what was trained there is read here
    own = registry.get(name)
    usual = 24 if own.task == "face recognition" else 8
    job = dtl1.Job(name, task, Recipe(epochs=dtl1.epochs(usual, learnt), learning_rate=own.learning_rate))
    [(_, training)] = dtl1.run_all([job], images, faces, seed, kept=job)
    of_two = {first: (training.averaged, name, task.classes, first, second) for first in firsts}
    tuned[name] = {first: contrast.of_network(*given) for first, given in of_two.items()}
    side = explanations.class_map_side(name)
    print(f"{own.title}: {side} x {side} places")
""", "pictures")
code("12-15", """
own, row = registry.get(finest), everyone[largest[0]]
wide = alignment.aligned_chips(images, faces, own.input_size, own.crop)[row]
x = registry.prepare(wide[None], own)
found = {}
for name in firsts[:4]:
    found[style.class_title(name)] = explanations.cam(tuned[finest][name], x, x[0])[0, 0].numpy()
face = heat_maps.Shown(style.class_title(labels[row]), wide, found)
line = f"{own.title}, fine-tuned: maps of each class less {style.class_title(second)}, {profile.title}"
figure = heat_maps.maps_over_faces([face], line)
style.save(figure, profile, "12_class_maps", "Class maps of one test face", formats=["png"])
""", "pictures", "nbval-ignore-output")
md("12-16", """
**What it shows.** For one face, where the network would say each class. The network was told only which face has which class, never
where: this is called weakly supervised localisation.

**What it does not show.** That the places are right. See below.
""", "pictures")
md("12-17", """
## Scored where the truth is known

A place counts as a sign from half of *wholly changed* on. Each measure is 1 for a map that equals this mask:

- **pointing game**: does the highest place lie on the mask?
- **relevance mass**: which share of all that is positive lies on it?
- **relevance rank**: of the K highest places, K being the size of the mask, which share lies on it?
- **AUC**: how well do the map's values tell the mask's places from the others?

A map has to beat maps that have looked at no network: a map that is the same everywhere, the outline of the head, a bell in the
middle of the picture, the mean mask of the *training* faces, and the mean mask of the training faces of its class (which knows the
diagnosis). A map that loses to these has found the face and not the sign.
""", "rendered")
code("12-18", """
blind = true_signs.baselines(truth)
base = localisation.scored(truth, f"none, {record.crop} crop", blind)
scores = localisation.scored(truth, title, maps)
means = {name: localisation.means(pd.concat([scores, base]), name, truth.people) for name in localisation.MEASURES}
print("faces with a marked place:", means["AUC"]["n"].iloc[0], "of", len(everyone))
shown = {name: [mean.plain() for mean in found["mean"]] for name, found in means.items()}
pd.DataFrame(shown, index=means["AUC"]["method"])
""", "rendered")
md("12-19", """
Are the maps better than those that have looked at no network? The differences are paired (the same faces, a map's score less a
baseline's), with 95% intervals from a bootstrap over people.
""", "rendered")
code("12-20", """
less = localisation.differences(scores, base, truth.people)
less = less.assign(difference=[found.plain(2, "+") for found in less["difference"]])
less.pivot(index="method", columns=["measure", "baseline"], values="difference").loc[methods]
""", "rendered")
md("12-20a", """
And the fine-tuned networks (DTL1), on some of the faces:
""", "rendered")
code("12-21", """
few = {name: rows[name][:n_dtl1] for name in firsts}
which, parts, tuned_less = np.concatenate(list(few.values())), [scores, base], []
for name, made in tuned.items():
    own = registry.get(name)
    there = true_signs.truth(images, faces, which, explanations.SIDE, own.crop)
    kinds = ["CAM"] if name == finest else methods  # where CAM has many places, Grad-CAM is the same
    found = explanations.of_classes(kinds, made, images, faces, few, second)
    of_tuned = localisation.scored(there, f"DTL1, {own.title}", found)
    of_none = localisation.scored(there, f"none, {own.crop} crop", true_signs.baselines(there))
    tuned_less.append(localisation.differences(of_tuned, of_none, there.people))
    parts += [of_tuned] if own.crop == record.crop else [of_tuned, of_none]
less = pd.concat(tuned_less)
less = less.assign(difference=[found.plain(2, "+") for found in less["difference"]])
less.pivot(index=["network", "method", "n"], columns=["measure", "baseline"], values="difference")
""", "rendered", "nbval-ignore-output")
md("12-22", """
**What it shows.** Where an interval lies above 0, the map knows more of this face's signs than a map that never looked at it. Where
it lies below 0, the average of the training masks would have been the better explanation.

**What it does not show.** That a map with a high score explains the *network*. The mask is where the signs are; the network may have
used less of them, or something else. The twins below ask that.
""", "rendered")
md("12-23", """
## Its own signs, or anybody's?

If a map follows the disease, it fits the mask of its own face better than masks of faces with other diseases (of the same rank of
severity).
""", "rendered")
code("12-24", """
localisation.own_and_others({**maps, "centred Gaussian": blind["centred Gaussian"]}, truth)
""", "rendered")
md("12-25", """
The bell in the middle knows no disease. What it gains on its own mask comes from the masks alone: compare with that.
""", "rendered")
md("12-25a", """
## Sanity checks

Adebayo and others (2018) saw maps that hardly changed when the network forgot everything. Two checks: the weights of the layers are
put in random order, from the last layer to the first; and the SVM is trained on shuffled labels. A map that explains what was
learned must change.
""")
code("12-26", """
forgotten = {0: "last", 0.25: "quarter", 0.5: "half", 1: "all"}  # share of the layers, from the last one on
some = {name: rows[name][:4] for name in firsts}
place = np.concatenate([np.flatnonzero(np.isin(everyone, few_of)) for few_of in some.values()])
left = {name: [maps[name][place]] for name in ("Grad-CAM", "integrated gradients")}
for share in forgotten:
    forgetful = {name: contrast.randomised(made, share, seed) for name, made in contrasts.items()}
    for method, found in explanations.of_classes(list(left), forgetful, images, faces, some, second).items():
        left[method].append(found)
like = {
    name: [over_people(pd.Series(localisation.similarity(maps[name][place], made))) for made in found]
    for name, found in left.items()
}
curves = {"Spearman with the map as it was": like}
""")
code("12-26a", """
masks = truth.masks[place]
areas = {name: [localisation.area(made, masks) for made in found] for name, found in left.items()}
curves["AUC on the true signs"] = {
    name: [over_people(pd.Series(values)) for values in found] for name, found in areas.items()
}
""", "rendered")
code("12-27", """
line = f"{title}, n = {len(place)} test faces, {profile.title}"
figure = heat_maps.sanity(curves, ["none", *forgotten.values()], line)
style.save(figure, profile, "12_sanity", "What is left of heat maps while the network forgets")
""")
code("12-28", """
rng = np.random.default_rng(seed)
train = np.flatnonzero((images.table["split"] == "train").to_numpy() & faces.found & np.isin(labels, task.classes))
mixed = svm.fit(features[train], rng.permutation(labels[train]), fitted.penalty)
unlearned = {name: contrast.of_svm(mixed.svm, body, network, name, second) for name in firsts}
shuffled = explanations.of_classes(["Grad-CAM"], unlearned, images, faces, rows, second)["Grad-CAM"]
like = over_people(pd.Series(localisation.similarity(maps["Grad-CAM"], shuffled)))
print(f"Grad-CAM of the SVM against that of an SVM with shuffled labels: Spearman {like.plain()}")
""")
code("12-29", """
learned, not_learned = (localisation.area(made, truth.masks) for made in (maps["Grad-CAM"], shuffled))
print(f"AUC on the true signs: {truth.mean(learned)}, with shuffled labels {truth.mean(not_learned)}")
print(f"difference: {truth.mean(learned - not_learned, '+')}")
""", "rendered")
md("12-30", """
**What it shows.** How much of a map is the answer's and how much is the picture's own. What stays when nothing was learned comes from
edges, skin and the middle of the face.

**What it does not show.** That a map which changes is right. A random map would pass this check.
""")
md("12-31", """
## The test that counts: swap in the healthy twin

If the most important places are really what the answer rests on, then the answer must fall when they are replaced by what would be
there without the disease. Usually such places are painted grey, and a grey patch is like no face. The twin's pixels are those of a
face.

The places are replaced in the order of each map, in the order of the true signs, from the middle outwards, and in random blobs. The
fall of the margin when *all* of the face is the twin's is the most that there is to find: how much of the answer is the sign.
""", "rendered")
code("12-32", """
twins = ground_truth.companion(images, "twins")
orders = {name: maps[name] for name in methods[1:]}
orders |= {"true signs": truth.signs, "from the middle": blind["centred Gaussian"]}
orders |= {"random blobs": twin_swap.random_order(len(everyone), explanations.SIDE, seed)}
swaps = twin_swap.of_classes(contrasts, images, faces, rows, twins, orders)
twin_swap.compared(swaps, 0.2, methods[1:], ["random blobs", "from the middle", "true signs"], truth)
""", "rendered")
code("12-33", """
falls = {
    name: [over_people(pd.Series(column, names), truth.people) for column in values.T]
    for name, values in swaps.falls.items()
}
whole = over_people(pd.Series(swaps.before - swaps.after, names), truth.people)
line = f"{title}, n = {len(everyone)} test faces, {profile.title}"
figure = heat_maps.scores_and_swaps(means["relevance rank"], true_signs.BASELINES, (falls, twin_swap.SHARES, whole), line)
style.save(figure, profile, "12_scores", "Heat maps scored on the true signs, and healthy twins swapped in")
""", "rendered")
md("12-35", """
**What it shows.** The table: how much further the margin falls when a fifth of the face is replaced in a map's order than in another
order. The figure, at the right: the higher a curve, the sooner its order takes the answer away. A method is worth something where its
curve lies above those of random blobs and of the middle. The order of the true signs shows what was possible.

**What it does not show.** That the answer rests on nothing else. The dotted line says that:

## How much of the answer is the sign?
""", "rendered")
code("12-36", """
twin_swap.by_class(swaps, truth).rename(style.class_title)
""", "rendered")
code("12-37", """
fall = pd.DataFrame({"label": of_class, "severity": truth.severity, "fall": swaps.before - swaps.after})
figure = heat_maps.fall_by_severity(fall, f"What the whole twin takes away, {title}, {profile.title}")
style.save(figure, profile, "12_severity", "How much of the margin is the sign, by severity")
""", "rendered")
md("12-38", """
**What it shows.** How much of the margin goes when only the signs go, and whether it goes below zero. What remains of the margin is
not the disease: it is ancestry, age, hair, light, or chance. A mildly marked face should lose less than a marked one.

**What it does not show.** The five-class answer, in which three other diseases are left to be named (notebook 05).

All scores, face by face, go to `explanations.csv`.
""", "rendered")
code("12-39", """
at = twin_swap.SHARES.index(0.2)
for name, values in swaps.falls.items():
    parts.append(localisation.rows_of(names, title, name, "fall at 20%", values[:, at]))
parts.append(localisation.rows_of(names, title, "whole twin", "fall", swaps.before - swaps.after))
store.write_csv(profile.results / "explanations.csv", pd.concat(parts, ignore_index=True))
print(sum(len(part) for part in parts), "rows")
""", "rendered", "nbval-ignore-output")
md("12-40", """
## What one may read from a heat map, and what not

| one may | one may not |
|---|---|
| see that an answer comes from the background, the hair or the edge of the picture, and distrust it | conclude from a bright place that there is a sign |
| compare maps of many faces of a class | conclude from a dark place that there is none |
| ask which places *this network* used | ask what a disease looks like |
| use it to find faults in data and training | use it as a second opinion: it comes from the same network |

> A heat map shows where this network's answer comes from, not where a disease is. Research and teaching only.

On the command line, `python -m facediag_utils predict PICTURE --explain out.png` draws one, with these words below it.
""")
md("12-40a", """
What others found: of seven methods none came as near to the findings in chest X-rays as radiologists did, and Grad-CAM came nearest
(CheXlocalize, 2022). Maps of networks that name genetic syndromes and the gaze of clinicians on the same faces overlap little
(intersection over union 0.15; PLoS Genetics, 2024).
""", "paper")
md("12-ex0", "## Exercises")
md("12-ex1", """
**Smaller windows.** Set `explanations.WINDOW = 0.1` and `explanations.STRIDE = 0.08`. Do the maps of occlusion get better, or only
finer? What does it cost?
""")
md("12-ex2", """
**Another reference.** Occlusion and integrated gradients need a face to compare with. Replace the average face by a grey one, or by
a blurred copy of the face itself. Which maps change?
""")
md("12-ex3", """
**A stricter mask.** Set `true_signs.MARKED = 0.25`. Which baselines gain most, and why?
""", "rendered")
md("12-ex4", """
**Average maps.** Average the Grad-CAM maps of each class over all of its test faces, and score the average. Is it better than the
map of each face?
""", "rendered")
md("12-ex5", """
**Shuffled labels, fine-tuned.** Train DTL1 on shuffled labels, as was done for the SVM here. Do its maps still lie on the face?
""")

book = new_notebook(cells=cells)
book.metadata = nbformat.from_dict({'facediag': {'after': ['01', '02', '03', '04', '05', '06']}, 'kernelspec': {'display_name': 'Python 3 (ipykernel)', 'language': 'python', 'name': 'python3'}, 'language_info': {'codemirror_mode': {'name': 'ipython', 'version': 3}, 'file_extension': '.py', 'mimetype': 'text/x-python', 'name': 'python', 'nbconvert_exporter': 'python', 'pygments_lexer': 'ipython3', 'version': '3.11.7'}})
book.nbformat_minor = 5
nbformat.write(book, "/work/wt/explain/notebooks/12_explanations.ipynb")
