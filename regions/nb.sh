cd /work/wt/regions
export PYTHONPATH=$PWD FACEDIAG_CACHE=$PWD/.cache FACEDIAG_OUT=/tmp/h/regions/out OMP_NUM_THREADS=1 JUPYTER_PATH=/work/wt/sixteen/.venv/share/jupyter
/usr/bin/time -v nice -n 15 /work/wt/sixteen/.venv/bin/python -c 'import facediag_utils,papermill,sys; papermill.execute_notebook("notebooks/10_regions.ipynb","/tmp/h/regions/out10.ipynb",parameters={"usual_epochs":int(sys.argv[1])},cwd="notebooks",progress_bar=False,kernel_name="python3")' $1
