cd /work/clone2; export HOME=/work/home2; unset PYTHONPATH
{ bash -c 'time make reproduce; echo exit $?'; } > /work/scratch/f_warm.log 2>&1
{ bash -c 'time make reproduce NOTEBOOKS=01-12; echo exit $?'; } > /work/scratch/f_warm12.log 2>&1
C=/work/scratch/cc; rm -rf $C /work/scratch/ccx; cp -r .cache $C; mkdir -p /work/scratch/ccx; mv $C/faces $C/features /work/scratch/ccx/
FACEDIAG_CACHE=/work/scratch/ccx .venv/bin/python -c "
import facediag_utils
from facediag_utils.core import row_cache, profiles
from facediag_utils.data import cohort
print(row_cache.keep_only(list(cohort.load(profiles.profile('bundled')).table['sha256'])))"
mv /work/scratch/ccx/* $C/
cd $C; ls > /work/scratch/cc_before.txt; rm -rf embedded frames copies grades imbalance imbalance_penalty last_maps logistic maps strangers texture twin_swap chips average_faces class_map_sides counted features/full-* features/upper-* features/middle-* features/lower-* dtl1/bundled/*casia* dtl1/bundled/scores dtl1/bundled/features
ls > /work/scratch/cc_after.txt
cd /work/clone2
for k in 10 13 15; do
 rm -rf /work/scratch/ck; cp -r $C /work/scratch/ck
 FACEDIAG_CACHE=/work/scratch/ck .venv/bin/python -m facediag_utils reproduce --notebooks $k > /work/scratch/alone_$k.log 2>&1
 .venv/bin/python -c "
import json,glob
f=glob.glob('runs/bundled/notebooks/${k}_*.ipynb')[0]; print(f[-22:], round(json.load(open(f))['metadata']['papermill']['duration'],1))" >> /work/scratch/alone.txt
done
rm -rf /work/scratch/ck; touch /work/scratch/f_measdone
