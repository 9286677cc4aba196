cd /work/wt/setupbits; export PYTHONPATH=$PWD FACEDIAG_CACHE=$PWD/.cache OMP_NUM_THREADS=1 FACEDIAG_WEIGHTS=$PWD/.cache/no-weights
exec nice -n 15 /work/wt/sixteen/.venv/bin/python -m pytest -p no:cacheprovider -q "$@"
