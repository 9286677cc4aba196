import nbformat
P="/work/wt/tables/notebooks/07_roc_confusion.ipynb"
nb=nbformat.read(P,4); c=nb.cells
def src(i,text): c[i].source=text
src(0,'''# 07 · All methods side by side: which mistakes, at which threshold?

Accuracy is one number. Which classes are mistaken for which? What happens when the threshold moves? And which differences between
methods are more than chance? This notebook trains nothing: it reads `runs/<profile>/results/predictions.csv`, which has one row per
test image, method and training.''')
s=c[3].source
s=s.replace('''networks = [name for name in registry.names() if (stored["backbone"] == name).any()]
methods =''','''networks = [name for name in registry.names() if (stored["backbone"] == name).any()]
tuned = [name for name in networks if len(store.select(stored, method=Method.DTL1, backbone=name))]  # the others: DTL2 only
methods =''')
c[3].source=s
src(4,'''counts = stored.groupby(["method", "backbone", "task"])[["training", "image"]].nunique()
counts.rename(columns={"training": "trainings", "image": "test images"}).unstack("task")''')
src(5,'''## Confusion matrices

Rows are the predicted classes, columns the actual ones, for a network of faces that was also fine-tuned. Of a method that was
trained several times they show the mean over its trainings.''')
src(7,'''best = "vgg16_vggface" if "vgg16_vggface" in tuned else tuned[0]
for task, number in zip(tasks, (4, 6), strict=False):
    matrices, accuracies = {}, {}
    for method in methods:
        chosen, name = predictions(task, method, best), f"{registry.get(best).title}, {method}"
        matrices[name], accuracies[name] = metrics.confusion(chosen, task.classes), metrics.accuracy(chosen)
    figure = curves.confusion_matrices(matrices, f"{task.title}, test images, {profile.title}", accuracies)
    style.save(
        figure,
        profile,
        f"07_figure_{number}",
        f"DTL1 and DTL2: confusion matrices, {len(task.classes)} classes (as in the paper's Figure {number})",
    )''')
src(9,'''## The threshold moves

A test can be set to miss few images of one class and raise many false alarms on the other, or the reverse. The curve shows all
settings. The area under it (AUC) is the share of pairs, one image of either class, that are ranked correctly. Here are the networks
that were also fine-tuned; the curve of several trainings is their mean.''')
src(11,c[11].source.replace("for name in networks:","for name in tuned:"))
src(12,'''**What it shows.** Brackets hold DeLong's 95% interval of the area. With few test images it is wide. Of two areas on the same
images, is one larger beyond chance? DeLong's paired test says so for methods that were trained once. Where there are several
trainings, the variance between them is added to DeLong's, and Student's t takes the place of the normal distribution. Networks of
which a run takes only the features have no DTL1:''')
src(13,'''from facediag_utils.evaluation import paired_tests

rows = []
for name in networks:
    fixed, record = predictions(task, Method.DTL2, name), registry.get(name)
    row = {"network": record.title, "trained on": record.pretraining}
    row["AUC, DTL2 (95%)"] = roc_analysis.roc(fixed, task).area.plain()
    if name in tuned:
        trained = predictions(task, Method.DTL1, name)
        difference, p = paired_tests.compare_areas(fixed, trained, task)
        row["AUC, DTL1 (95%)"] = roc_analysis.roc(trained, task).area.plain()
        row |= {"DTL2 less DTL1 (95%)": difference.plain(sign="+"), "p": f"{p:.3f}"}
    rows.append(row)
pd.DataFrame(rows).fillna("")''')
src(18,'''In all tables the paper's numbers were measured **on photographs of people (DSF)**, this run's on its own test images. The paper's
rows stand there if this run has their networks; notebook 08 shows all of them.''')
s=c[21].source
s=s.replace('''shown = [''','''print(registry.absent(networks))
shown = [''')
c[21].source=s
src(29,'''**What it does not show.** Whether the paper's order holds for patients. These are other pictures, and most of the networks are
others too.''')
src(30,'''## Which differences are more than chance?

Two methods that were tried on the same images differ only on those that one of them got right and the other wrong. McNemar's exact
test asks whether these fall to one side. It knows of one training per method. Where there are several, a t-test takes its place,
whose variance holds the images and the trainings (notebook 04). The method whose epoch was chosen on the test images is left out: no
test makes up for that.

Holm's correction accounts for the number of tests. But which of them belong together? Here it is **all pairs of a task**. Nobody said
beforehand which pairs matter, so the eye goes to the largest of all these differences, and that one is large by luck more easily than
any other. Notebook 08 asks something else: there each question was put before the run, and the pairs that answer one question belong
together. So a difference may stand there and not here.''')
src(31,'''from facediag_utils.figures import uncertainty

fair = stored[stored["method"] != Method.DTL1_TEST_EPOCH]
for task in tasks:
    pairs = paired_tests.all_pairs(fair, task)
    store.write_csv(profile.results / f"pairs_{task.name}.csv", pairs)
    right = {metrics.short_title(*key[1:3]): hits.mean() for key, hits in paired_tests.correctness(fair, task).items()}
    order = sorted(right, key=right.get, reverse=True)
    title = f"{task.title}, {profile.title}\\nrow less column (points), n = {pairs['n'].iloc[0]}; framed: p < 0.05 (Holm)"
    style.save(
        uncertainty.pair_matrix(pairs, order, title),
        profile,
        f"07_pairs_{task.name}",
        f"Each pair of methods on the same test images, {len(task.classes)} classes (paired tests, Holm)",
    )''')
src(33,'''## Can a score be read as a probability?

Fine-tuning ends in a softmax, whose numbers look like probabilities. An SVM gives distances. A logistic curve turns them into
probabilities (Platt 1999); it is fitted to the distances of *training* images that the SVM had not seen (notebook 05 stores them).
In a reliability diagram the points should lie on the diagonal: of the cases given 70%, 70% should be positive. Here are the networks
that were also fine-tuned, and of their trainings the first: a mean over several would be another method, and a calmer one.''')
src(34,'''from facediag_utils.evaluation import screening

held = store.load(profile, store.OUT_OF_FOLD)
task = next(task for task in tasks if task.positive)
score = f"score_{task.positive}"
said = {}
for name in tuned:
    test = predictions(task, Method.DTL2, name)
    trained = store.select(held, task=task.name, backbone=name)
    ill = (trained["label"] == task.positive).to_numpy()
    platt = screening.calibrated(trained[score].to_numpy(), ill, test[score].to_numpy())
    said[f"DTL2, {registry.get(name).title}"] = platt, (test["label"] == task.positive).to_numpy()
    first = store.select(predictions(task, Method.DTL1, name), training=0)
    said[f"DTL1, {registry.get(name).title}"] = first[score].to_numpy(), (first["label"] == task.positive).to_numpy()
bins = {name: screening.reliability(*pair) for name, pair in said.items()}
briers = {name: screening.brier(*pair) for name, pair in said.items()}
figure = uncertainty.reliability(bins, briers, f"{task.title}, {profile.title}; Brier: 0 best, 0.25 says nothing")
style.save(figure, profile, "07_reliability", "Can a score be read as a probability?")''')
src(36,'''## A screening test

Suppose that at most one patient in twenty may be missed. The threshold is set on the training images (again with scores of images
that the SVM had not seen), then tried on the test images, for DTL2 on the same networks.''')
c[37].source=c[37].source.replace("for name in networks:","for name in tuned:")
c[38].source=c[38].source.replace('n = 60 test images','n = {len(test)} test images')
nbformat.validate(nb); nbformat.write(nb,P)
