import re,sys
def blocks(path, choose):
    s=open(path,newline='').read(); i=0
    def f(m):
        nonlocal i
        r=choose[i](m.group(1),m.group(2)) if callable(choose[i]) else {'o':m.group(1),'t':m.group(2),'ot':m.group(1)+m.group(2),'to':m.group(2)+m.group(1)}.get(choose[i],choose[i])
        i+=1; return r
    s=re.sub(r'<<<<<<< HEAD\r?\n(.*?)=======\r?\n(.*?)>>>>>>> seventeen-old\r?\n',f,s,flags=re.S)
    assert i==len(choose),(path,i)
    open(path,'w',newline='').write(s)
blocks('CHANGELOG.md',['t','o'])
blocks('CONTRIBUTING.md',['ot',lambda o,t:o+''.join(l for l in t.splitlines(1) if '`domain_distance`' not in l),
  'o' , lambda o,t:t] if False else ['ot',lambda o,t:o+''.join(l for l in t.splitlines(1) if '`domain_distance`' not in l),lambda o,t:o.replace('| `tables`','@@|').split('@@')[0]+t.splitlines(1)[0]+'| `tables`'+o.split('| `tables`')[1]])
blocks('facediag_utils/evaluation/metrics.py',['    pretraining = "N" if method in UNTRAINED or record.task == NOTHING else record.pretraining\n'])
blocks('facediag_utils/methods/dtl1.py',['','''    begun = () if job.start is None else (job.start.key,)
    path = checkpoint_path(cohort.profile.name, job.backbone, digests, (*task.classes, *begun), recipe, seed)
    return _Plan(seed, split, numbers, train, seen, path)
''','''    start = job.start.weights if job.start else None

    def trained() -> Tuned:
        return fine_tune(job.backbone, pictures, train, seen, classes, job.recipe, plan.seed, plan.checkpoint, start)

    tuned = Tuned((len(plan.train), len(plan.seen)), job.recipe.averaged_from, plan.checkpoint.stem)
    if keep or not has_ended(plan.checkpoint, tuned):
        tuned = trained()
    else:
        run_log.note("epochs", str(plan.checkpoint), 0, tuned.epochs)
'''])
blocks('facediag_utils/networks/registry.py',['''from collections import Counter
from collections.abc import Iterable
from dataclasses import fields, replace
'''])
blocks('facediag_utils/run/tolerances.csv',['ot'])
blocks('facediag_utils/run/verdict.py',['ot'])
blocks('tests/bench.py',['o','o'])
blocks('tests/evaluation/test_paired_tests.py',['t','ot' ])
