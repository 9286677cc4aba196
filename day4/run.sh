# run.sh TREE LOG [ARGS]: reproduce in a tree with s17's environment
T=$1; L=$2; shift 2; cd $T
export PATH=/work/wt/s17/.venv/bin:$PATH PYTHONPATH=$T FACEDIAG_WEIGHTS=/work/scratch/noweights
export JUPYTER_CONFIG_DIR=$PWD/.cache/jupyter JUPYTER_DATA_DIR=$PWD/.cache/jupyter JUPYTER_RUNTIME_DIR=$PWD/.cache/jupyter/runtime IPYTHONDIR=$PWD/.cache/ipython MPLCONFIGDIR=$PWD/.cache/matplotlib
/usr/bin/time -v python -m facediag_utils reproduce --profile bundled --seed 0 "$@" > $L.log 2>&1
python /work/scratch/cells.py $T/runs/bundled/notebooks > $L.cells 2>&1
