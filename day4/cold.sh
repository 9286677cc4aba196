. /work/scratch/env.sh; export FACEDIAG_CACHE=/work/scratch/p/cold FACEDIAG_OUT=/work/scratch/p/coldout
rm -rf $FACEDIAG_CACHE $FACEDIAG_OUT; mkdir -p $FACEDIAG_CACHE $FACEDIAG_OUT; cp -r /work/wt/s16/.cache/dtl1 $FACEDIAG_CACHE/
/usr/bin/time -v python -m facediag_utils reproduce --profile bundled --seed 0 > /work/scratch/p/cold.log 2>&1
python /work/scratch/cells.py $FACEDIAG_OUT/runs/bundled/notebooks > /work/scratch/p/cold.cells 2>&1
