import facediag_utils  # noqa
import sys, json, glob, time, traceback
sys.path.insert(0,'/work/wt/s17/tests')
import matplotlib; matplotlib.use('Agg')
import numpy as np
from facediag_utils.core import profiles
from facediag_utils.data import cohort, ground_truth, store
from facediag_utils.methods import dtl2
from facediag_utils.faces import detection
from facediag_utils.networks import registry
from made import cohort_of
from facediag_utils.methods import recipe as _r; _r.FEW = 10
number, given = sys.argv[1], dict(a.split('=') for a in sys.argv[2:])
real = cohort.load
def small(profile):
    whole = real(profile)
    rows = np.concatenate([np.asarray(g.index[:n]) for (l, s), g in whole.table.groupby(['label','split']) for n in [10 if s=='train' else 4]])
    return cohort_of(whole, np.sort(rows))
SMALL = small(profiles.profile('bundled'))
def companion_load(profile):
    whole = real(profile)
    if 'cohort_image' in whole.table:
        rows = np.flatnonzero(whole.table['cohort_image'].isin(SMALL.table['image']))
        return cohort_of(whole, rows)
    return whole
cohort.load = lambda profile: SMALL
ground_truth.load = companion_load
faces = detection.find_faces(SMALL)
for task in cohort.tasks(SMALL):
    for name in registry.installed()[:1]:
        said, _ = dtl2.run(task, SMALL, dtl2.extract(name, SMALL, faces), name)
        store.save(SMALL.profile, said)
print('ready', len(SMALL), flush=True)
book = json.load(open(glob.glob(f'/work/wt/s17/notebooks/{number}_*.ipynb')[0]))
def show(x): print(str(x)[:1500])
ns = {'display': show, '__name__': 'nb'}
import os; os.chdir('/work/wt/s17/notebooks')
import ast
for i, c in enumerate(book['cells']):
    if c['cell_type'] != 'code': continue
    src = ''.join(c['source']); t = time.time()
    tree = ast.parse(src); last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr): last = ast.Expression(tree.body.pop().value)
    try:
        exec(compile(tree, f'cell{i}', 'exec'), ns)
        if last is not None:
            v = eval(compile(last, f'cell{i}', 'eval'), ns)
            if v is not None: show(v)
    except Exception:
        print('FAILED cell', i); traceback.print_exc(); 
        if '--go' not in given: sys.exit(1)
    if 'parameters' in (c['metadata'].get('tags') or []):
        ns.update({k: (int(v) if v.isdigit() else v) for k, v in given.items()})
    print(f'--- cell {i}: {time.time()-t:.1f} s', flush=True)
