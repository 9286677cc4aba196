cd /work/clone2; export HOME=/work/home2; unset PYTHONPATH; C=/work/scratch/cc; rm -rf $C/average_faces $C/counted
for k in 15 13 12; do
 rm -rf /work/scratch/ck; cp -r $C /work/scratch/ck
 FACEDIAG_CACHE=/work/scratch/ck .venv/bin/python -m facediag_utils reproduce --notebooks $k > /work/scratch/alone_$k.log 2>&1
 .venv/bin/python -c "
import json,glob
f=glob.glob('runs/bundled/notebooks/${k}_*.ipynb')[0]; print('without counted', f[-22:], round(json.load(open(f))['metadata']['papermill']['duration'],1))" >> /work/scratch/alone.txt
done
rm -rf /work/scratch/ck
