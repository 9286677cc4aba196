import json, re
from pathlib import Path
def load(b): return json.loads(Path(f'notebooks/{b}.ipynb').read_text())
def save(b, nb): Path(f'notebooks/{b}.ipynb').write_text(json.dumps(nb, indent=1, ensure_ascii=False)+"\n")
def sub(nb, pairs):
    for old, new in pairs:
        hits=[c for c in nb['cells'] if old in ''.join(c['source'])]
        assert len(hits)==1,(len(hits),old)
        c=hits[0]; s=''.join(c['source']); assert s.count(old)==1,(s.count(old),old)
        c['source']=s.replace(old,new).splitlines(keepends=True)
nb=load('11_measurements')
sub(nb,[
('best = best.assign(measure=best["measure"].map(titles))\n','best = best.assign(measure=best["measure"].map(titles), q=[written_p(q) for q in best["q"]])\n'),
('best.set_index(["class", "landmarks"])[["measure", "difference (95%)", "q"]].sort_index().round({"q": 3})',
 'best = best.set_index(["class", "landmarks"])[["measure", "difference (95%)", "q"]].sort_index()\nbest.rename(style.class_title, level="class")'),
('display(errors.loc[list(images.classes)].round(2))','display(errors.loc[list(images.classes)].round(2).rename(style.class_title).rename_axis(None))'),
('title = f"Mean shape of each class (thin) and of {whom} (thick), differences fourfold\\n{profile.title}"',
 'title = f"Mean shape of each class (thin) and of {whom} (thick), differences fourfold\\n{store.DETECTED}, {profile.title}"'),
('from facediag_utils.evaluation.interval import Interval\n','from facediag_utils.evaluation.interval import Interval\n'),
('pairs.set_index(["task", "first"]).drop(columns=["second", "difference", "low", "high", "p"]).round({"p_holm": 3})',
 'pairs["p, Holm"] = [written_p(p) for p in pairs["p_holm"]]\npairs = pairs.rename(columns={"first": "ruler", "only_first": "right: only the ruler", "only_second": "only DTL2"})\n'
 'pairs.set_index(["task", "ruler"]).drop(columns=["second", "difference", "low", "high", "p", "p_holm"])'),
('one may miss 0 where `p_holm` says chance. `only_first` counts the test images that only the\nruler got right, `only_second` those that only the network did.',
 'one may miss 0 where the corrected p says chance. Two columns count the test images that only the ruler got right, and those that\nonly DTL2 did.'),
('display(gain.set_index(["task", "method"])[["gain (points, 95%)", "p_holm"]].round(3))',
 'gain["p, Holm"] = [written_p(p) for p in gain["p_holm"]]\n    display(gain.set_index(["task", "method"])[["gain (points, 95%)", "p, Holm"]])'),
])
save('11_measurements',nb)
nb=load('10_regions')
for c in nb['cells']:
    s=''.join(c['source'])
    if c['cell_type']=='code' and 'best = networks[0]' in s: s=s.replace('best = networks[0]','cheapest = networks[0]  # of the list, which is fixed beforehand').replace('task, best)','task, cheapest)').replace('registry.get(best)','registry.get(cheapest)')
    elif 'region_results.halves(rows, best' in s: s=s.replace('halves(rows, best','halves(rows, cheapest').replace('halves["p"].astype(float).round(3)','[written_p(p) for p in halves["p"]]')
    elif 'one_against_rest.questions' in s: s=s.replace(':{best}"',':{cheapest}"').replace('registry.get(best)','registry.get(cheapest)')
    elif 'found = paired_tests.compare(first, second)' in s: s=s.replace('found = ','pair = ').replace('found.','pair.').replace('p = {pair.p:.3f}','p = {written_p(pair.p)}')
    elif 'p = {pair.p:.3f}' in s: s=s.replace('p = {pair.p:.3f}','p = {written_p(pair.p)}')
    c['source']=s.splitlines(keepends=True)
save('10_regions',nb)
nb=load('12_explanations')
sub(nb,[
('less = less.assign(difference=[found.plain(2, "+") for found in less["difference"]])\nless.pivot(index="method"','less = less.assign(difference=[found.plain(2, "+") for found in less["difference"]])\nless.pivot(index="method"'),
])
save('12_explanations',nb)
