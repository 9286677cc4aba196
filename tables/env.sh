export PYTHONPATH=/work/wt/tables FACEDIAG_CACHE=/work/wt/tables/.cache OMP_NUM_THREADS=1 LOKY_MAX_CPU_COUNT=1 FACEDIAG_OUT=/tmp/h/tables/out
B=/work/wt/sixteen/.venv/bin
cd /work/wt/tables
