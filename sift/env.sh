export PYTHONPATH=/work/wt/sift FACEDIAG_CACHE=/work/wt/sift/.cache OMP_NUM_THREADS=1 FACEDIAG_OUT=/tmp/h/sift/out FACEDIAG_WEIGHTS=/tmp/h/sift/noweights MPLCONFIGDIR=/tmp/h/sift/mpl LOKY_MAX_CPU_COUNT=1
export PATH=/work/wt/sixteen/.venv/bin:$PATH
cd /work/wt/sift
