# repro.sh ARGS: a whole run of the s16 tree
cd /work/wt/s16
export JUPYTER_CONFIG_DIR=$PWD/.cache/jupyter JUPYTER_DATA_DIR=$PWD/.cache/jupyter JUPYTER_RUNTIME_DIR=$PWD/.cache/jupyter/runtime IPYTHONDIR=$PWD/.cache/ipython MPLCONFIGDIR=$PWD/.cache/matplotlib
/usr/bin/time -v .venv/bin/python -m facediag_utils reproduce --profile bundled --seed 0 "$@"
