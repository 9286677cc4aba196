import nbformat
P = "notebooks/05_dtl2_features.ipynb"
nb = nbformat.read(P, 4)
at = {c.id: c for c in nb.cells}
def sub(cell, old, new, count=1):
    s = at[cell].source
    assert s.count(old) >= 1, (cell, old)
    at[cell].source = s.replace(old, new)
sub("05-00", """and train a linear SVM on what is left (section III.C.2). Does it matter *what else* it was trained on? Two networks come with
`pip`: one has seen three million faces, the other a million pictures of objects. The paper's own networks are used too where their
weights are installed (`make weights`; notebook 06 lists them all).""", """and train a linear SVM on what is left (section III.C.2). Does it matter *what else* it was trained on? The networks that
`make setup` brings have seen millions of faces, or a million pictures of objects. The paper's own networks are used too where their
weights are installed (`make weights`; notebook 06 lists them all).""")
sub("05-02", "networks = registry.installed()", """networks = registry.installed()
titles = registry.titles(networks)
face_network = next(name for name in networks if registry.get(name).task == "face recognition")""")
sub("05-06", "titles = {name: registry.get(name).title for name in networks}\n", "")
sub("05-08", "{titles[name]:20} C", "{titles[name]:24} C")
sub("05-09", "number = fits[titles[networks[0]]].svm.shape_fit_[0]", "number = next(iter(fits.values())).svm.shape_fit_[0]")
sub("05-17a", """It does not show either that one kind of pretraining is better for diagnosis. Both networks saw faces that a program made from a
list of signs, and the ancestries of Table 2 differ between the classes.""", """It does not show either that one kind of pretraining is better for diagnosis. All networks saw faces that a program made from a
list of signs, and the ancestries of Table 2 differ between the classes.""")
sub("twins-words", "well. Rendered faces can: each ill person of the cohort has a *twin*, the same photograph without the signs. Below, the SVM on\nfeatures of the face network answers for each ill test face and for its twin.", "well. Rendered faces can: each ill person of the cohort has a *twin*, the same photograph without the signs. Below, the SVM on\nfeatures of the first face network of the table answers for each ill test face and for its twin.")
sub("twins-figure", "networks[0]", "face_network")
sub("05-s02", "{name:26}", "{name:30}")
at["05-s04"].source = '''shown = []
for task in cohort.tasks(images):
    member = np.isin(labels, task.classes)
    table = resampled_splits.compare_methods(
        drawn[task.name][1:], int((member & train).sum()), int((member & ~train).sum())
    )
    table["difference"] = [mean.value for mean in table["mean"]]
    title = f"{task.title}: row less column, points\\n{n_splits} splits, {profile.title}"
    figure = uncertainty.pair_matrix(table, list(kernels), title)
    style.save(figure, profile, f"05_pairs_{task.name}", f"{task.title}: methods compared over redrawn splits")
    points = [mean.scaled(100).plain(1) for mean in table["mean"]]
    table = table.assign(task=task.name, **{"points, 95% interval": points, "p, Holm": table["p_holm"].round(3)})
    print(f"{task.name}: {(table['p_holm'] < 0.05).sum()} of {len(table)} differences stand")
    shown.append(table[table["first"] == f"DTL2, {titles[face_network]}"])
pd.concat(shown).set_index("task")[["first", "second", "points, 95% interval", "p, Holm"]]'''
sub("05-s05", "**What it shows.** Which differences are larger than the draw of the split explains.", "**What it shows.** Which differences are larger than the draw of the split explains: those in frames, after Holm's correction over\nall pairs of the task. The table spells out the pairs of one face network.")

def md(id, text, *tags): return nbformat.v4.new_markdown_cell(text.strip("\n"), id=id, metadata={"tags": list(tags)} if tags else {})
def code(id, text, *tags): return nbformat.v4.new_code_cell(text.strip("\n"), id=id, metadata={"tags": list(tags)} if tags else {})
new = [
md("05-p00", """
## Faces, objects, nothing: what is pretraining worth?

Two questions in one figure. Is it the training at all, or would the same architecture do with random weights? Each architecture
therefore has an *untrained copy* beside it. And is a nearer source better? The paper explains its result by the similarity of source
and target domain: equations (1) to (3) bound how much worse a classifier can be on the target than on the source by how well the best
classifier tells the two apart. Ben-David et al. (2007) put a trained linear classifier in its place. With its cross-validated error
*e*, the *proxy A-distance* is 2 (1 - 2 *e*): 0 if it cannot tell them apart, 2 if it always can.

No photograph that a network was trained on is here. **Faces without signs stand in for the source**, the same ones for every network.
The next cell says which. So the distance asks: in the features of this network, how far from faces without signs are
the faces that it has to judge?
"""),
code("05-p01", """
from facediag_utils.evaluation import pretraining

compared = pretraining.with_untrained(networks)
kept = np.flatnonzero(np.isin(labels, last.classes))
values = {name: dtl2.extract(name, images, faces)[known[few]][kept] for name in compared}
copies = {name: resampled_splits.gram(values[name]) for name in compared if name not in networks}
alone = None if people is None else people[known[few]][kept]
found = drawn[last.name][[f"DTL2, {titles[name]}" for name in networks]].set_axis(networks, axis=1)
found = found.join(resampled_splits.repeat_split(copies, labels[kept], train[kept], n_splits, seed, alone))
sizes = int(train[kept].sum()), int((~train[kept]).sum())
worth = pretraining.accuracies(found[1:], *sizes)
"""),
code("05-p02", """
source, above = pretraining.source_like(images, faces), ""
if source is None:
    print("no class of this cohort is called healthy: nothing could stand for the source, and there are no distances")
else:
    print(f"stands for the source: {source.title}")
    worth = worth.join(pretraining.distances(source, images, faces, known[few], compared, seed))
    for column in worth.columns.intersection(["distance", "without_signs"]):
        every, trained = pretraining.correlations(worth, column, seed)
        print(f"{column}: rank correlation with accuracy {every.plain()} over {len(compared)} networks,")
        print(f"  {trained.plain()} over the {len(networks)} that were trained")
        above = above or f"Spearman's rank correlation {every.plain()}\\n{len(compared)} networks; source: {source.title}"
store.write_csv(profile.results / "pretraining.csv", pretraining.as_numbers(worth))
"""),
code("05-p03", """
from facediag_utils.figures import pretraining as worth_figures

title = f"{last.title}, features and SVM, {n_splits} splits, n = {sizes[1]} test images each, {profile.title}"
figure = worth_figures.accuracy_and_distance(worth, 1 / len(last.classes), title, above)
style.save(figure, profile, "05_pretraining", "Accuracy by what networks were trained on, and by the distance of the domains")
"""),
code("05-p04", """
pretraining.as_numbers(worth).drop(columns=["network", "trained_for"]).set_index("title").round(2)
""", "nbval-ignore-output"),
md("05-p05", """
**What it shows.** Left: how much of an accuracy comes with the training, and how much an architecture gives for nothing. Right: if
nearer were better, the points would fall from the upper left to the lower right, and the rank correlation would be negative.

**What it does not show.**
- Whether nearness is good. The distance is measured in the same features that diagnose. A network that sees the signs keeps faces with
  signs apart from faces without, and so finds them *far*. A network that sees nothing finds all faces near. Equation (2) has a term for
  that, λ: the error of the best classifier on both domains together. Nearness helps only where λ is small, and nobody knows λ.
- A law. There are few networks, and they are no independent draws: untrained copies share their architecture with a trained network,
  and several networks are of one family and one maker. Where two makers differ, they differ in architecture, input size, crop and
  number of features as well as in data. The interval allows for none of this; it is too narrow.
- How far the true sources are. For networks of objects the source is photographs of objects, and no face stands for these.
"""),
md("05-p06", """
In `distance` the targets are all faces of the cohort, and ancestry is mixed differently in the two sets (a third each among the further
people, Table 2 in the cohort). `without_signs` is the distance to the controls alone: what is left when nobody has signs.
Source and target are made by one program. The gap between photographs, which the networks know, and rendered faces is in none
of these distances.
""", "rendered"),
md("05-a00", """
## Crop, resolution, layer or batch norms: is one of them in the way?

Features of objects may be no better than a network that was trained from random weights on these few pictures (notebook 04). Is the way
the features are used to blame? The next figure takes one network of objects, leaves all its weights as they are, and changes one thing
at a time:

- **crop**: the tight one, brows to chin, which the face network of 150 px gets;
- **resolution**: about half of the pixels on a side. If that costs nothing, it was not for pixels that features lacked;
- **layer**: the mean over the map at the end of an earlier stage. The last layers of a network belong most to what it was trained on (the
  paper, section III.C.2);
- **batch norms**: their means and variances are those of ImageNet's photographs; here they are measured anew on the training images,
  without labels.

At the end stand other weights, to compare with: random ones, and those of a face network. What is tried was fixed before any of it
was measured.
"""),
code("05-a01", """
from facediag_utils.methods import ablation

objects = "efficientnet_lite0"  # comes with pip
changed = ablation.features(objects, images, faces)
changed["weights"] = {
    "random": dtl2.extract(f"untrained:{objects}", images, faces),
    f"of faces ({titles[face_network]})": features[face_network],
}
used = {"": features[objects]} | {f"{kind}: {how}": v for kind, of in changed.items() for how, v in of.items()}
used = {name: resampled_splits.gram(found[known[few]][kept]) for name, found in used.items()}
count = max(2, n_splits // 4)  # of the same splits
found = resampled_splits.repeat_split(used, labels[kept], train[kept], count, seed, alone)[1:]
"""),
code("05-a02", """
differences = {kind: {} for kind in changed}
for kind, how in [(kind, how) for kind, of in changed.items() for how in of]:
    difference = (found[f"{kind}: {how}"] - found[""]).to_numpy()
    differences[kind][how] = resampled_splits.corrected_t_test(difference, *sizes).mean
name = f"{registry.get(objects).title}, {registry.get(objects).pretraining}"
title = f"{name}: {100 * found[''].mean():.0f}%, and one thing changed\\n{last.title}, {count} splits, {profile.title}"
figure = worth_figures.changes(differences, title)
style.save(figure, profile, "05_one_change", "A network of objects with one thing changed at a time")
"""),
md("05-a03", """
**What it shows.** What each change alone adds or takes away, over the same splits. If one of the first rows came near to the row of the
face network, the use would be to blame. If none does, it is what the weights know. ImageNet names a thousand kinds of things, and nothing
in it rewards telling one face from another: its features may pass over just that. A network that is trained on the classes
themselves, even from random weights, has been told what to look for.

**What it does not show.** What several changes do together, and what would hold for other networks of objects. The stages have
different numbers of features, which is a change too. And where the interval holds zero, a small effect may hide.
"""),
]
k = [c.id for c in nb.cells].index("05-ex0")
nb.cells[k:k] = new
ex = nbformat.v4.new_markdown_cell("""**Another source.** Take the faces of another class as the source in `pretraining.Source`. Does the order of the networks along the
distance change?""", id="05-ex5")
nb.cells.append(ex)
for c in nb.cells:
    if c.cell_type == "code": pass
nbformat.write(nb, P)
