from pathlib import Path
def sub(path,*pairs):
    p=Path(path); s=p.read_text()
    for a,b in pairs:
        assert s.count(a)==1,(path,a,s.count(a)); s=s.replace(a,b)
    p.write_text(s)
sub("facediag_utils/networks/published.toml",('"faces, which is not stated"','"faces (not stated)"'))
sub("facediag_utils/figures/uncertainty.py",
('''        axis.text(94 * value, 90, name, rotation=90, va="top", ha="right", fontsize=7.5, bbox=box)
''',''),
('''        box = {"facecolor": "white", "alpha": 0.7, "linewidth": 0, "pad": 0.5}
''',''),
('''    for one in (axis.xaxis, axis.yaxis):
        one.set_major_formatter''','''    named = [name.replace(" (", "\\n(").replace(", ", ",\\n") for name in PREVALENCES]
    axis.secondary_xaxis("top").set_xticks([100 * value for value in PREVALENCES.values()], named, fontsize=7.5)
    for one in (axis.xaxis, axis.yaxis):
        one.set_major_formatter'''),
('''    for name, value in PREVALENCES.items():
''','''    for value in PREVALENCES.values():
'''),
('''    axis.legend(frameon=False, loc="lower right", fontsize=8)
    return finished(figure, title, fontsize=10)


def split_distributions''','''    axis.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5), fontsize=8)
    return finished(figure, title, fontsize=10)


def split_distributions'''),
('images a point"','images per point"'))
import nbformat
P="notebooks/07_roc_confusion.ipynb"
nb=nbformat.read(P,4)
c=next(c for c in nb.cells if "screening.reliability" in c.source)
c.source=c.source.replace('''    said[f"DTL1, {registry.get(name).title}"] = first''','''    said[f"DTL1 (one training), {registry.get(name).title}"] = first''')
nbformat.write(nb,P)
