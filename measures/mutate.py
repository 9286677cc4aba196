import facediag_utils, importlib, inspect, io, contextlib, sys, pytest
M=[
 ('faces.measurements','[1, -1]','[1, 1]','tests/faces/test_measurements.py'),
 ('faces.measurements','np.mean(lengths, axis=0)','lengths[0]','tests/faces/test_measurements.py'),
 ('faces.measurements','axis=2).mean(axis=1)','axis=2).sum(axis=1)','tests/faces/test_measurements.py'),
 ('faces.procrustes','numbers.conj() *','numbers *','tests/faces/test_procrustes.py'),
 ('faces.procrustes','        mean = fresh\n','        break\n','tests/faces/test_procrustes.py'),
 ('faces.composite','1 - two.sum(axis=1)','two.sum(axis=1)','tests/faces/test_composite.py'),
 ('faces.composite','mode="nearest"','mode="constant"','tests/faces/test_composite.py'),
 ('faces.composite','total / count','total','tests/faces/test_composite.py'),
 ('methods.local_patterns','changes <= 2','changes <= 4','tests/methods/test_local_patterns.py'),
 ('methods.local_patterns','>= middle','> middle','tests/methods/test_local_patterns.py'),
 ('methods.local_patterns','- 1 - PATCH // 2','- 1 + PATCH // 2','tests/methods/test_local_patterns.py'),
 ('evaluation.norms','/ expected.se_obs','/ expected.se_mean','tests/evaluation/test_norms.py'),
 ('evaluation.norms','    result[foreign] = np.nan\n','','tests/evaluation/test_norms.py'),
 ('evaluation.norms','table[name].notna().all() and ','','tests/evaluation/test_norms.py'),
 ('evaluation.measured_signs','equal_var=False','equal_var=True','tests/evaluation/test_measured_signs.py'),
 ('evaluation.measured_signs','made["q"] < LEVEL','made["p"] < LEVEL','tests/evaluation/test_measured_signs.py'),
 ('evaluation.measured_signs',' & (np.sign(found["difference"]) == np.sign(truth["change"]))','','tests/evaluation/test_measured_signs.py'),
 ('evaluation.measured_signs','fresh & others','others','tests/evaluation/test_measured_signs.py'),
 ('evaluation.measured_signs','    truth = truth.loc[found.index]\n','','tests/evaluation/test_measured_signs.py'),
]
for mod,old,new,test in M:
    m=importlib.import_module('facediag_utils.'+mod); src=inspect.getsource(m)
    if old not in src: print('ABSENT',mod,old); continue
    keep=dict(m.__dict__)
    code=src.replace(old,new,1)
    for n in list(sys.modules):
        if n.startswith('facediag_utils.') and not n.startswith('facediag_utils.core'): sys.modules.pop(n)
    # fresh modules, the mutated one first
    import types
    fresh=types.ModuleType('facediag_utils.'+mod); fresh.__file__=m.__file__; fresh.__package__='facediag_utils.'+mod.split('.')[0]
    sys.modules['facediag_utils.'+mod]=fresh
    parent=importlib.import_module('facediag_utils.'+mod.split('.')[0]); 
    exec(compile(code,m.__file__,'exec'),fresh.__dict__); setattr(parent,mod.split('.')[1],fresh)
    out=io.StringIO()
    with contextlib.redirect_stdout(out): rc=pytest.main(['-q','-x','-p','no:cacheprovider','--no-header',test])
    print('CAUGHT ' if rc==1 else f'MISSED{int(rc)} ',mod,'|',old.strip(),'|',out.getvalue().strip().splitlines()[-1][:100],flush=True)
    for n in list(sys.modules):
        if n.startswith('facediag_utils.') and not n.startswith('facediag_utils.core'): sys.modules.pop(n)
