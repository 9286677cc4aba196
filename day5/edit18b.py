import json
from pathlib import Path
exec(open('/work/scratch/p/edit18.py').read().split("edit('13_cases")[0])
edit('16_strangers.ipynb',[
('from facediag_utils.evaluation.interval import Interval, wilson_interval','from facediag_utils.evaluation.interval import Interval, wilson_interval, written_p'),
('and see whether one odd picture matters less.','and see, from galleries of three pictures on, whether one odd picture matters less.'),
('Leave two classes out at once. Is each still found','Leave two classes out at once: `Design.fitted_on` takes one name, and `np.isin` would take several. Is each still found'),
('Take only one ancestry into the normal reference. Who is called ill now?','Take only the ancestry with the most healthy training faces into the normal reference. Who is called ill now?'),
('left out of all fitting: {style.class_title(out)}. {profile.title}"','left out of all fitting: {style.class_title(out)}, {profile.title}"'),
('share called ill. {profile.title}"','share called ill, {profile.title}"'),
])
def ed(f,*pairs):
    p=Path('/work/wt/int')/f; s=p.read_text()
    for a,b in pairs:
        if s.count(a)!=1: print('!!',f,s.count(a),a[:60]); continue
        s=s.replace(a,b)
    p.write_text(s)
ed('docs/neighbours.md',
('mean recall 63% (ResNet-50) to 77% (Inception-ResNet-v2)','mean recall 63% (ResNet-50) to 77% (Inception-ResNet-v2), computed from their table'),
('thinned training sets and six ways to weigh them;','thinned training sets and six ways to learn from them;'),
('24.1% where the gallery holds both','24.1% of the rare ones where the gallery holds both'),
('over 96% of 156 people with 22q11.2 deletion and 156 without','over 96% sensitivity and specificity, 156 people with 22q11.2 deletion and 156 without'),
('17,560 patients, 1,115 disorders | [16](../notebooks/16_strangers.ipynb) |','17,560 patients, 1,115 disorders | [16](../notebooks/16_strangers.ipynb): galleries of one to ten pictures, four kinds of features, each disease left out of all fitting in turn. No network is fine-tuned for it |'),
('One training set and one set of test images; 95% intervals, not corrected for their number. All of it is **of rendered faces**.','95% intervals, not corrected for the number of comparisons where nothing else is said. All of it is **of rendered faces**, five classes.'),
('[16 · What lies near?](../notebooks/16_strangers.ipynb): of classes, not of signs; [11 · Whole shapes]','relations among signs: not done, because one number says how marked all signs of a face are. [11 · Whole shapes]'),
('directions learnt from twins, in closed form |','directions learnt from twins, in closed form; no network was trained by a contrastive loss |'),
('not done, because 200 training images do not carry them |','not tried |'),
)
ed('README.md',('Number and share of test images classified correctly, with 95% intervals.','Number and share of test images classified correctly (of three trainings the mean), with 95% intervals.'))
ed('tests/readme_tables.py',
('"13, photographs of a case: share of people whose class is the first of the list"','"13, a case: points of top-1 accuracy that three photographs of a person gain over one"'),
('"14, grades: kappa with CORN less kappa with softmax"','"14, grades: weighted kappa of CORN, read by its median, less that of softmax, read by its likeliest grade"'),
('"15, unequally frequent classes: points of macro recall over no weights"','"15, unequally frequent classes: points of mean recall over doing nothing, corrected for the number of rows"'),
('"16, a disease that nobody trained on, found again among five classes by ten pictures of each"','"16, a disease that nobody trained on: found first among five classes by the mean of ten pictures of each (and once it is trained on)"'),
('"16, ill against well by the distance from normal faces"','"16, ill against well by the distance from healthy training faces"'),
('''    """ "n = 150: ResNet29 (dlib) 63.6% (57-69) by one photograph, 68.7% (61-75) by 3": the mean logit."""
    chosen = table[(table["way"] == "mean logit") & (table["measure"] == "top-1")]
    parts = []
    for network, rows in chosen.groupby("network", sort=False):
        rows = rows.sort_values("photographs")
        one, most = (_span(rows.iloc[k]).percent() for k in (0, -1))
        parts.append(f"{registry.get(network).title} {one} by one photograph, {most} by {rows['photographs'].iloc[-1]}")
    return f"n = {chosen['n'].iloc[0]:.0f}: {'; '.join(parts)}"
''','''    """ "n = 150 people: ResNet29 (dlib) +5 (+1 to +9)": the mean logit."""
    rows = table[(table["way"] == "mean logit") & (table["measure"] == "top-1 gain") & (table["photographs"] == 3)]
    parts = [f"{registry.get(row['network']).title} {_span(row).points()}" for _, row in rows.iterrows()]
    return f"n = {rows['n'].iloc[0]:.0f} people: {'; '.join(parts)}"
'''),
('''        parts.append(f"{registry.get(network).title} {spans['everybody']}, among the ill {spans['the ill among them']}")
    return "; ".join(parts)
''','''        parts.append(f"{registry.get(network).title} {spans['everybody']}, among the ill {spans['the ill among them']}")
    return f"n = 150 and 120: {'; '.join(parts)}"
'''),
('''    return "; ".join(f"{way} {Interval(*span).points()}" for way, span in zip(rows["way"], spans, strict=True))
''','''    parts = [f"{way} {Interval(*span).points()}" for way, span in zip(rows["way"], spans, strict=True)]
    return f"{registry.get(registry.installed()[0]).title}, n = 150, 50 thinned training sets: {'; '.join(parts)}"
'''),
('''    rows = rows[rows["own"] == "left out"]
    parts = []
    for network, of_network in rows.groupby("network", sort=False):
        spans = [f"{row['features']} {_top(row).percent()}" for row in of_network.to_dict("records")]
        parts.append(f"{registry.get(network).title}, features {', '.join(spans)}")
''','''    fitted = rows[rows["own"] == "fitted"].set_index(["network", "features"])
    rows = rows[rows["own"] == "left out"]
    parts = []
    for network, of_network in rows.groupby("network", sort=False):
        spans = []
        for row in of_network.to_dict("records"):
            key = network, row["features"]
            once = f" ({100 * fitted.loc[key, 'top1']:.0f}%)" if key in fitted.index else ""
            spans.append(f"{row['features']} {_top(row).percent()}{once}")
        parts.append(f"{registry.get(network).title}, features {', '.join(spans)}")
'''),
('''    spans = [Interval(row["area"], row["area_low"], row["area_high"]).plain() for row in rows]
    parts = [f"{registry.get(row['network']).title} {span}" for row, span in zip(rows, spans, strict=True)]
''','''    parts = []
    for row in rows:
        area, called = (Interval(*(row[name + end] for end in ("", "_low", "_high"))) for name in ("area", "called_ill"))
        title = registry.get(row["network"]).title
        parts.append(f"{title} {area.plain()}, of the ill called ill at 95% specificity {called.percent()}")
'''),
)
