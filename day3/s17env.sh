cd /work/wt/s17
export PYTHONPATH=/work/wt/s17 FACEDIAG_CACHE=/work/wt/s17/.cache FACEDIAG_OUT=/work/scratch/s17/out FACEDIAG_WEIGHTS=/work/scratch/noweights MPLCONFIGDIR=/work/scratch/mpl OMP_NUM_THREADS=1 JUPYTER_CONFIG_DIR=/work/wt/s17/.cache/jc JUPYTER_DATA_DIR=/work/wt/s17/.cache/jd IPYTHONDIR=/work/wt/s17/.cache/ip
export PATH=/work/wt/s16/.venv/bin:$PATH
export PYTHONPATH=/work/wt/s17:/work/scratch/s17/site
