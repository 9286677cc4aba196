cd /tmp/h/regions/small
export PYTHONPATH=$PWD FACEDIAG_CACHE=/tmp/h/regions/small/.cache FACEDIAG_OUT=/tmp/h/regions/small/out OMP_NUM_THREADS=1
nice -n 15 /work/wt/sixteen/.venv/bin/python -c 'import facediag_utils,papermill,sys; papermill.execute_notebook("notebooks/10_regions.ipynb","/tmp/h/regions/out10.ipynb",parameters={"usual_epochs":1},cwd="notebooks",progress_bar=False,kernel_name="python3",log_output=False)'
