# seconds of dense SIFT, both tasks, face chips cut already: old and new code
. /tmp/h/sift/env.sh; unset LOKY_MAX_CPU_COUNT OMP_NUM_THREADS
for which in old new; do
  c=/tmp/h/sift/cache_$which; rm -rf $c; mkdir -p $c; cp -r /work/wt/sift/.cache/faces /work/wt/sift/.cache/chips /work/wt/sift/.cache/digests $c/
  export FACEDIAG_CACHE=$c
  if [ $which = old ]; then export PYTHONPATH=/tmp/h/sift/old; cd /tmp/h/sift/old; else export PYTHONPATH=/work/wt/sift; cd /work/wt/sift; fi
  nice -n 15 python - <<'P'
import time,resource
import facediag_utils
from facediag_utils.core import profiles
from facediag_utils.data import cohort
from facediag_utils.faces import detection
from facediag_utils.methods import dsift
im=cohort.load(profiles.profile("bundled")); f=detection.find_faces(im)
t=time.time(); c=time.process_time()
for task in cohort.tasks(im):
    for k,(p,choice) in dsift.run(task,im,f).items():
        print(task.name,k,getattr(choice,"words",300),round(float((p.predicted==p.label).mean()),3))
print(dsift.__file__,"wall",round(time.time()-t,1),"cpu of this process",round(time.process_time()-c,1))
P
done
