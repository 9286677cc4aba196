import subprocess,re,os
src=open('/tmp/h/measures/mutate.py').read()
M=eval(src[src.index('M=[')+2:src.index(']\nfor')+1])
root='/tmp/h/measures/mut/'
env=dict(os.environ,PYTHONPATH=root,OMP_NUM_THREADS='1',LOKY_MAX_CPU_COUNT='1',FACEDIAG_CACHE='/work/wt/measures/.cache')
def run(test):
    r=subprocess.run(['nice','-n','15','/work/wt/sixteen/.venv/bin/python','-m','pytest','-q','-p','no:cacheprovider','--no-header',test],cwd=root,env=env,capture_output=True,text=True)
    return r.returncode,[l for l in r.stdout.splitlines() if l.startswith('FAILED')],r.stdout.strip().splitlines()[-1]
for mod,old,new,test in M[11:]+M[5:11]:
    p=root+'facediag_utils/'+mod.replace('.','/')+'.py'; s=open(p).read()
    if old not in s: print('ABSENT',mod,old,flush=True); continue
    open(p,'w').write(s.replace(old,new,1))
    rc,f,l=run(test); open(p,'w').write(s)
    print('CAUGHT' if rc==1 else f'MISSED{rc}',mod,'|',old.strip(),'|',l,'|',[x.split('::')[-1][:60] for x in f][:3],flush=True)
