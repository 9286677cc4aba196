cd /work/wt/measures/notebooks
export FACEDIAG_OUT=/tmp/h/measures/out OMP_NUM_THREADS=1 LOKY_MAX_CPU_COUNT=1 PYTHONPATH=/work/wt/measures IPYTHONDIR=/tmp/h/measures/ipy MPLCONFIGDIR=/tmp/h/measures/mpl JUPYTER_RUNTIME_DIR=/tmp/h/measures/jr
for k in three two; do
nice -n 15 /work/wt/sixteen/.venv/bin/python /tmp/h/measures/own.py $k
nice -n 15 /work/wt/sixteen/.venv/bin/python -c 'import facediag_utils; from nbconvert.nbconvertapp import main; main()' --to notebook --execute --allow-errors --output own_${k}_done --output-dir /tmp/h/measures /tmp/h/measures/own_$k.ipynb
echo done $k
done
