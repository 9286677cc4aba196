import nbformat, textwrap
from nbformat.v4 import new_notebook, new_code_cell, new_markdown_cell
cells=[]
def add(kind, ident, source, *tags):
    cell=(new_markdown_cell if kind=='m' else new_code_cell)(source.strip('\n'))
    cell['id']='11-'+ident
    if tags: cell.metadata['tags']=sorted(tags)
    cells.append(cell)
m=lambda *a: add('m',*a); c=lambda *a: add('c',*a)

m('00','''
# 11 · Measurements: would a ruler do?

Long before networks, unusual faces were described with a ruler: the eyes are short, the philtrum is long. Each number has a name,
and a norm says how unusual it is. Programs now take the same lengths on photographs. FASD, a program for the faces of children
whose mothers drank in pregnancy, is one of them (Valentine et al. 2017). A network has no names for what it sees. Is it
better than a ruler? And does a ruler measure what it should?
''')
m('00a','''
The paper compares its networks with designed features only in the form of dense SIFT (notebook 03). Measures are the other design.
''','paper')
c('01','''
profile_name = "bundled"  # which data: see facediag_utils/core/profiles.py
seed = 0
''','parameters')
c('02','''
import numpy as np
import pandas as pd

from facediag_utils.core import profiles
from facediag_utils.data import cohort, ground_truth, store
from facediag_utils.data.images import read_rgb
from facediag_utils.data.store import Method
from facediag_utils.evaluation import measured_signs, metrics, norms, paired_tests
from facediag_utils.faces import composite, detection, measurements, procrustes
from facediag_utils.figures import measurements as figures
from facediag_utils.figures import style, uncertainty
from facediag_utils.methods import landmark_classifiers
from facediag_utils.networks import registry

style.set_style()
profile = profiles.profile(profile_name)
images = cohort.load(profile)
faces = detection.find_faces(images)
labels = images.table["label"].to_numpy(str)
''')
m('03','''
## What is measured

All measures stand in one table: lengths, ratios and slopes between the 68 landmarks. The landmarks have numbers from 0, "37+38" is
the middle of two, and left and right are averaged. A picture has no scale, so lengths are given in per cent of the face's size (the
root of the mean squared distance of the landmarks from their centre). `en` and `ex` are the inner and outer corner of the eye; the
module `faces/measurements.py` explains the other short names.
''')
c('04','''
pd.read_csv(measurements.TABLE).fillna("")[["title", "points", "region", "kind", "of", "over"]]
''')
m('05','''
One of them by hand: how far are the eyes open, in per cent of their length?
''')
c('06','''
values = measurements.measured(faces.landmarks)
first = int(np.flatnonzero(faces.found)[0])
points = faces.landmarks[first]


def length(some, others):
    return np.linalg.norm(points[some].mean(axis=0) - points[others].mean(axis=0))


opening = length([37, 38], [40, 41]) + length([43, 44], [46, 47])
fissure = length([36], [39]) + length([42], [45])
by_hand = 100 * opening / fissure
assert np.isclose(by_hand, values["fissure_index"].iloc[first])
print(f"{by_hand:.1f}%")
''')
m('07','''
## Norms

Is that much? It depends on whom one asks. A norm is made of a *reference*: the training images of the healthy class if there is
one; of two classes, the second; otherwise all training images. Each measure $x$ is regressed on what is known of these people and
their pictures (age, sex, ancestry, and the cosine of the angle by which the head is turned, as widths shrink with it):

$$z = \\frac{x - \\hat x}{s}$$

where $\\hat x$ is what the regression expects of such a face, and $s$ is the standard deviation of a new face about it.
''')
c('08','''
control = norms.reference_class(images)
of_norm = norms.norm_rows(images)
known = norms.covariates(images.table, of_norm & faces.found)
z = norms.z_scores(values, images.table, of_norm & faces.found, known)
fresh = faces.found & ~of_norm & (labels == control if control else True)
print(f"reference: {control or 'all classes'}, {(of_norm & faces.found).sum()} training faces")
print(f"regressed on: {', '.join(known) or 'nothing'}")
print(f"z-scores of {fresh.sum()} new faces of the reference: standard deviation {z[fresh].stack().std():.2f}, wanted 1")
''')
m('09','''
**What it shows.** Whether the norms hold for faces of the reference that they were not made of.

**What it does not show.** That these are norms for anybody. So few faces cannot tell how a face grows, and a straight line through
all ages is a coarse growth curve.
''')
c('10','''
name = next(name for name in images.classes if name != control)
chosen = np.flatnonzero(faces.found & (labels == name) & (images.table["split"] == "train").to_numpy())
row = int(np.random.default_rng(seed).choice(chosen))
title = f"One training face ({style.class_title(name)}); behind each measure its z-score; {profile.title}"
figure = figures.measures_on_face(read_rgb(images.table["path"].iloc[row]), faces.landmarks[row], z.iloc[row], title)
style.save(figure, profile, "11_measures", "What is measured on a face, and one face's z-scores", formats=["png"])
''','pictures')
m('11','''
**What it shows.** Lengths are solid, slopes dotted; ratios are made of lengths that are drawn. A z-score beyond 2 or below -2 is
unusual for one measure. Among more than thirty measures one or two such scores are usual.
''','pictures')
m('12','''
## Which measures differ?

For each class and measure, Welch's t-test (1947) compares the z-scores of the class with those of the reference. The faces that the norms
were made of are left out. With so many tests, one in twenty would be "significant" in any case. Benjamini and Hochberg (1995) keep
the expected share of false findings below 5%. A measure that passes is called *found*.
''')
c('13','''
landmarks = {landmark_classifiers.DETECTED: faces.landmarks}
of_sources = {"detector's landmarks": measured_signs.of_each_class(z, images)}
truth = {}
''')
m('14','''
The detector's landmarks are off by some per cent (notebook 02). Rendered faces also have true landmarks, projected from the mesh. What would a
ruler find with these?

And what should it find? A list of signs can only be compared with measures by judgement: does a flat bridge change the
length of a nose? But each ill face has a twin, the same photograph without the signs. The true landmarks of both say exactly
what the signs did to each measure: **z of the ill face less z of its twin**. A sign is *there* if the mean of that is at least 0.2
standard deviations (Cohen's small effect; fixed before anything was found).
''','rendered')
c('15','''
if ground_truth.available(images, "twins"):
    twins = ground_truth.companion(images, "twins")
    landmarks[landmark_classifiers.TRUE] = ground_truth.landmarks(images)
    both = np.concatenate([landmarks[landmark_classifiers.TRUE], ground_truth.landmarks(twins)])
    table = pd.concat([images.table, twins.table], ignore_index=True)
    reference = np.concatenate([of_norm, np.zeros(len(twins), bool)])
    true_z = norms.z_scores(measurements.measured(both), table, reference, norms.covariates(table, reference))
    own, of_twins = true_z.iloc[: len(images)], true_z.iloc[len(images) :]
    of_sources["true landmarks"] = measured_signs.of_each_class(own, images)
    truth = measured_signs.true_changes_of_each_class(own, of_twins, images, twins)
''','rendered')
c('16','''
shown = [name for name in images.classes if name != control][:8]  # a figure has room for eight
found = {name: {source: made[name] for source, made in of_sources.items()} for name in shown}
whom = f"from {style.class_title(control).lower()}" if control else "from all other classes"
xlabel = f"difference {whom} (standard deviations of the reference), 95% interval"
figure = figures.sign_forest(found, truth, xlabel, f"Measures of the face, {profile.title}")
style.save(figure, profile, "11_forest", "Which measures of the face differ, by class")
''')
c('17','''
rows = measured_signs.table(of_sources, truth)
store.write_csv(profile.results / "measures.csv", rows)
best = rows[rows["found"]].sort_values("q").groupby(["class", "landmarks"]).head(5)
titles = {measure.name: measure.title for measure in measurements.table()}
best = best.assign(measure=best["measure"].map(titles))
best["difference (95%)"] = [measured_signs.shown(row) for row in best.to_dict("records")]
best.set_index(["class", "landmarks"])[["measure", "difference (95%)", "q"]].sort_index().round({"q": 3})
''')
m('18','''
**What it shows.** Filled markers are found. The table has up to five for each class, those with the smallest false discovery rate
*q*; all of them are in `runs/<profile>/results/measures.csv`.

**What it does not show.** Where a difference comes from. Classes can differ in ways that no norm took into account. And what is not found may be
there all the same: with few faces only large differences pass.
''')
m('18a','''
The short black lines say what the signs truly changed. Where an interval keeps away from its black line, the landmarks or the
people mislead the ruler.

How good is the search? *Precision*: of the measures found, how many have a sign behind them that goes the same way? *Recall*: of
the measures that signs changed, how many were found?
''','rendered')
c('19','''
if truth:
    searches = {
        (style.class_title(name), source): measured_signs.search(made[name], truth[name])
        for source, made in of_sources.items()
        for name in truth
    }
    searches |= {("all", source): measured_signs.search_all(made, truth) for source, made in of_sources.items()}
    display(
        pd.DataFrame({key: {"precision": str(s.precision), "recall": str(s.recall)} for key, s in searches.items()})
        .T.rename_axis(["signs of", "measured on"])
        .sort_index()
    )
''','rendered')
m('20','''
**What it shows.** How far a finding can be believed, and how much is missed. Signs in the skin (nodules, patches, brows that are
gone) move no landmark. No ruler can find them, and recall does not count them. Brackets hold Wilson's 95% interval. It takes measures for independent, which they are not, so it is too narrow.

**What it does not show.** How a ruler does on patients. The truth here is what a program changed.

## What does the detector's error cost?

The error of the landmarks (hundredths of the distance between the outer eye corners), and what becomes of it in the measures: the
median error of a measure, in standard deviations of the healthy training faces.
''','rendered')
c('21','''
if landmark_classifiers.TRUE in landmarks:
    exact = measurements.measured(landmarks[landmark_classifiers.TRUE])
    error = ((values - exact) / exact[of_norm].std()).abs()
    region = {measure.name: measure.region for measure in measurements.table()}
    errors = error.T.groupby(region, sort=False).median().T.groupby(labels).median()
    of_points = 100 * ground_truth.landmark_errors(faces.landmarks, landmarks[landmark_classifiers.TRUE])
    errors.insert(0, "landmarks (%)", pd.Series(of_points).groupby(labels).median())
    display(errors.loc[list(images.classes)].round(2))
''','rendered')
m('22','''
**What it shows.** An error of a few hundredths sounds small. But healthy people do not differ by much more, as the other columns
say. In the figure above, look at the largest signs (the black lines that are farthest from 0) and at what the detector makes of
them. Its regression trees have learnt from usual faces. Where they draw an unusual face towards the usual, a sign comes out too small
or is lost.

**What it does not show.** Which faces are concerned. A detector that errs in another way on one class makes differences that are no
signs; equal rows are no proof that it does not.
''','rendered')
m('23','''
## Whole shapes

A ruler needs somebody who chooses what to measure. *Generalised Procrustes analysis* (Gower 1975) takes all landmarks: each face is
moved to one centre, scaled to one size and turned until it lies best on the mean, and the mean is taken anew until it stays. How a shape is turned onto
another is seen from a singular value decomposition:
''')
c('24','''
train = (images.table["split"] == "train").to_numpy() & faces.found
mean = procrustes.mean_shape(faces.landmarks[train])  # training faces only
laid = procrustes.laid_upon(faces.landmarks, mean)

centred = points - points.mean(axis=0)
shape = centred / np.linalg.norm(centred)
u, _, v = np.linalg.svd(shape.T @ mean)
assert np.allclose(shape @ u @ v, laid[first])
''')
c('25','''
others = mean if control is None else laid[(labels == control) & faces.found].mean(axis=0)
shapes = {name: laid[(labels == name) & faces.found].mean(axis=0) for name in shown}
whom = style.class_title(control) if control else "all training faces"
title = f"Mean shape of each class (thin) and of {whom} (thick), differences fourfold\\n{profile.title}"
style.save(
    figures.mean_shapes(shapes, others, 4, title), profile, "11_shapes", "Mean shape of each class, differences fourfold"
)
''')
m('26','''
**What it shows.** In what the classes' mean shapes differ, drawn four times as large as it is.

## Classifiers without a network

Three methods learn from the training images and answer for the test images:

- *Measures + LDA*: linear discriminant analysis of the measures as they are. Nobody's age or ancestry is told to it, as it is not
  told to a network either.
- *Procrustes + LDA*: the same of the 136 coordinates of the shapes. With so many numbers and so few faces the covariance is drawn towards
  the identity (Ledoit and Wolf 2004).
- *Measures, texture + SVM*, after Kruszka et al. (2017): the measures, and local binary patterns at twenty places of the face,
  which is bent to the mean shape before. C is chosen by cross-validation on the training images.

They follow the descriptions of such systems. Measures, places and texture are our own choice; no accuracy has chosen them.
''')
c('27','''
tasks = cohort.tasks(images)
network_said = store.select(store.load(profile), method=Method.DTL2)  # of notebook 05
made = [
    predictions
    for source, places in landmarks.items()
    for task in tasks
    for predictions in landmark_classifiers.run(task, images, places, source, seed)
]
store.save(profile, *made)
print(f"{len(made)} classifiers: {', '.join(sorted({str(predictions.method) for predictions in made}))}")
''')
c('28','''
ours = store.load(profile, neighbours=True)
ours = ours[ours["backbone"].isin(landmarks)]
stored = pd.concat([ours, network_said], ignore_index=True)
for task in tasks:
    store.write_csv(profile.results / f"measured_landmarks_{task.name}.csv", metrics.summarize(ours, task))
    groups = store.select(stored, task=task.name).groupby(["method", "backbone"])
    shares = {metrics.short_title(*key): metrics.accuracy(rows) for key, rows in groups}
    commonest = images.table.loc[(images.table["split"] == "test") & images.table["label"].isin(task.classes), "label"]
    line = (float(commonest.value_counts(normalize=True).max()), "commonest class")
    title = f"{task.title}, {profile.title}"
    figure = uncertainty.forest(shares, "accuracy on the test images (%), 95% Wilson", title, line)
    style.save(figure, profile, f"11_accuracy_{task.name}", f"Rulers beside DTL2, {len(task.classes)} classes")
''')
m('29','''
A ruler against a network: each method against DTL2 on the first network, on the same test images (McNemar's exact test, corrected by
Holm for the rows of each task).
''')
c('30','''
network = metrics.short_title(Method.DTL2, registry.installed()[0])
names = [metrics.short_title(*key) for key, _ in ours.groupby(["method", "backbone"])]
compared = {}
for task in tasks:
    compared[task.title] = paired_tests.chosen_pairs(stored, task, [(name, network) for name in names])
    store.write_csv(profile.results / f"pairs_landmarks_{task.name}.csv", compared[task.title])
pairs = pd.concat(compared, names=["task"]).reset_index("task")
pairs[f"less {network} (points, 95%)"] = [
    f"{100 * a:+.0f} ({100 * b:+.0f} to {100 * c:+.0f})" for a, b, c in pairs[["difference", "low", "high"]].to_numpy()
]
pairs.set_index(["task", "first"]).drop(columns=["second", "difference", "low", "high", "p"]).round({"p_holm": 3})
''')
m('31','''
**What it shows.** Whether landmarks alone do as well as a network that sees the whole picture. `only_first` counts the test images that only the
ruler got right, `only_second` those that only the network did.

**What it does not show.** The best that a ruler could do. Neither the measures nor the methods were tuned.
''')
m('31a','''
These numbers are **for rendered faces**. What do the true landmarks gain over the detector's?
''','rendered')
c('32','''
if landmark_classifiers.TRUE in landmarks:
    methods = sorted(ours["method"].unique())
    ways = [
        tuple(metrics.short_title(method, source) for source in (landmark_classifiers.TRUE, landmark_classifiers.DETECTED))
        for method in methods
    ]
    gains = {task.title: paired_tests.chosen_pairs(ours, task, ways) for task in tasks}
    gain = pd.concat(gains, names=["task"]).reset_index("task").assign(method=methods * len(tasks))
    spans = gain[["difference", "low", "high"]].to_numpy()
    gain["gain (points, 95%)"] = [f"{100 * a:+.0f} ({100 * b:+.0f} to {100 * c:+.0f})" for a, b, c in spans]
    display(gain.set_index(["task", "method"])[["gain (points, 95%)", "p_holm"]].round(3))
''','rendered')
m('33','''
**What it shows.** What the detector's error costs each method. A gain below 0 is possible: where the detector errs, it may err in the
same way for most faces of a class. That tells the class from others, by something that is no measure of the face.
''','rendered')
m('34','''
## Composite faces

In a composite all faces of a class are bent to the mean shape of the class before they are averaged (Benson and Perrett 1991), so
that eyes, mouth and jaw stay sharp. Compare notebook 02, where only the pictures were averaged.
''','pictures')
c('35','''
composites, counts, places, masks = {}, {}, {}, {}
for name in images.classes[:10]:  # a figure has room for ten
    rows = np.flatnonzero(faces.found & (labels == name))
    own = procrustes.mean_shape(faces.landmarks[rows])
    places[name] = composite.canvas(procrustes.laid_upon(own[None], mean)[0])
    pictures = (read_rgb(images.table["path"].iloc[row]) for row in rows)
    composites[name] = composite.average(composite.all_bent(pictures, faces.landmarks[rows], places[name]))
    counts[name] = len(rows)
''','pictures')
c('36','''
for name in places:  # where the signs are, bent in the same way; masks have half as many pixels a side as pictures
    rows = np.flatnonzero(faces.found & (labels == name))
    if name != control:
        signs = (ground_truth.sign_mask(images, row)[1] for row in rows)
        masks[name] = composite.average(composite.all_bent(signs, faces.landmarks[rows] / 2, places[name]))
''','pictures','rendered')
c('37','''
title = f"Composite faces: all of a class, each bent to the class's mean shape; {profile.title}"
figure = figures.composites(composites, counts, control if control in composites else None, masks, title)
style.save(figure, profile, "11_composites", "Composite face of each class, and how it differs", formats=["png"])
''','pictures')
m('38','''
**What it shows.** The face that all faces of a class have in common, and, if there is a healthy class, where it differs from the healthy one.

**What it does not show.** A person: nobody looks like a composite. A difference can be anything in which the classes
differ.
''','pictures')
m('38a','''
Below each difference is the mean mask of the signs. Do the bright places agree? As a number, the correlation of the two within the
face (0: none, 1: the same picture):
''','pictures','rendered')
c('39','''
from matplotlib.path import Path

pixels = np.stack(np.meshgrid(*[np.arange(composite.SIDE)] * 2), axis=2).reshape(-1, 2)
for name, mask in masks.items():
    inside = Path(places[name][[*range(17), *range(26, 16, -1)]]).contains_points(pixels)  # jaw and brows
    apart = figures.face_difference(composites[name], composites[control])
    agreement = np.corrcoef(apart.ravel()[inside], mask.ravel()[inside])[0, 1]
    print(f"{style.class_title(name):20} {agreement:+.2f}")
''','pictures','rendered')
m('40','''
**What it shows.** Whether averages find the signs. Sharp edges make the brightest places: a lid or a brow that lies two pixels
higher. Skin tone and hair differ because ancestry does (Table 2). A flat bridge of the nose changes shading softly, and hardly
shows.
''','pictures','rendered')
m('ex0','''
## Exercises
''')
m('ex1','''
**A measure of your own.** Add a row to `faces/measurements.csv`. Is it found for any class?
''')
m('ex2','''
**Mirrored faces.** Turn each shape into the mean of itself and its mirror image before the discriminant analysis. What does that
remove, and what is lost?
''')
m('ex3','''
**Without norms.** Leave the covariates out (`known = []`). Which measures are found now, and why?
''')
m('ex4','''
**How many faces?** Find the signs with a half and with a quarter of the ill. How do precision and recall change?
''','rendered')
nb=new_notebook(cells=cells, metadata={'facediag': {'after': ['03','04','05','06']}, 'kernelspec': {'display_name': 'Python 3 (ipykernel)', 'language': 'python', 'name': 'python3'}, 'language_info': {'codemirror_mode': {'name': 'ipython', 'version': 3}, 'file_extension': '.py', 'mimetype': 'text/x-python', 'name': 'python', 'nbconvert_exporter': 'python', 'pygments_lexer': 'ipython3', 'version': '3.11.7'}})
nb.nbformat_minor=5
nbformat.write(nb,'/work/wt/measures/notebooks/11_measurements.ipynb')
