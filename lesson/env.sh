cd /work/wt/lesson
export PYTHONPATH=$PWD:$PWD/tests FACEDIAG_CACHE=$PWD/.cache OMP_NUM_THREADS=1 LOKY_MAX_CPU_COUNT=1 FACEDIAG_OUT=/tmp/h/lesson/out MPLCONFIGDIR=/tmp/h/lesson/mpl
PY="nice -n 15 /work/wt/sixteen/.venv/bin/python"
BIN=/work/wt/sixteen/.venv/bin
