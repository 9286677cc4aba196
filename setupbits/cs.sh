cd /work/wt/setupbits; export PYTHONPATH=$PWD FACEDIAG_CACHE=$PWD/.cache OMP_NUM_THREADS=1 ONEDNN_PRIMITIVE_CACHE_CAPACITY=0
for n in "$@"; do /work/wt/sixteen/.venv/bin/python -W ignore /tmp/h/setupbits/cachesize.py $n > /tmp/h/setupbits/cs-$n.log 2>&1; done
