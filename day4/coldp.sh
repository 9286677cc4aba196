cd /work/wt/p16
export PATH=/work/wt/s16/.venv/bin:$PATH PYTHONPATH=/work/wt/p16 FACEDIAG_WEIGHTS=/work/scratch/noweights
export JUPYTER_CONFIG_DIR=$PWD/.cache/jupyter JUPYTER_DATA_DIR=$PWD/.cache/jupyter JUPYTER_RUNTIME_DIR=$PWD/.cache/jupyter/runtime IPYTHONDIR=$PWD/.cache/ipython MPLCONFIGDIR=$PWD/.cache/matplotlib
rm -rf .cache runs
/usr/bin/time -v python -m facediag_utils reproduce --profile bundled --seed 0 > /work/scratch/p/coldp.log 2>&1
python /work/scratch/cells.py $PWD/runs/bundled/notebooks > /work/scratch/p/coldp.cells 2>&1
/usr/bin/time -v python -m facediag_utils reproduce --profile bundled --seed 0 > /work/scratch/p/warmp.log 2>&1
python /work/scratch/cells.py $PWD/runs/bundled/notebooks > /work/scratch/p/warmp.cells 2>&1
