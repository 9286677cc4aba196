cd /work/wt/explain
export PYTHONPATH=/work/wt/explain FACEDIAG_CACHE=/work/wt/explain/.cache OMP_NUM_THREADS=1 FACEDIAG_WEIGHTS=/work/wt/explain/.cache/no-weights FACEDIAG_OUT=/tmp/h/explain/out
PY="nice -n 15 /work/wt/sixteen/.venv/bin/python"
