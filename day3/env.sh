export PYTHONPATH=/work/wt/s16 FACEDIAG_CACHE=/work/wt/s16/.cache FACEDIAG_OUT=/work/scratch/out FACEDIAG_WEIGHTS=/work/scratch/noweights MPLCONFIGDIR=/work/scratch/mpl
export PATH=/work/wt/s16/.venv/bin:$PATH
cd /work/wt/s16
