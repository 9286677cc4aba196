cd /work/wt/measures
export FACEDIAG_OUT=/tmp/h/measures/out OMP_NUM_THREADS=1 LOKY_MAX_CPU_COUNT=1 PYTHONPATH=/work/wt/measures IPYTHONDIR=/tmp/h/measures/ipy MPLCONFIGDIR=/tmp/h/measures/mpl JUPYTER_RUNTIME_DIR=/tmp/h/measures/jr
nice -n 15 /work/wt/sixteen/.venv/bin/python -c 'import facediag_utils; from nbconvert.nbconvertapp import main; main()' --to notebook --execute --allow-errors --output-dir /tmp/h/measures notebooks/11_measurements.ipynb > /tmp/h/measures/nb.log 2>&1
echo done >> /tmp/h/measures/nb.log
