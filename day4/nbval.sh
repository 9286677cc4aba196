T=/work/wt/both; cd $T
export PATH=/work/wt/s17/.venv/bin:$PATH PYTHONPATH=$T FACEDIAG_WEIGHTS=$T/.cache/no-weights FACEDIAG_OUT=$T/.cache/nbval FACEDIAG_RECORDED=1 JUPYTER_CONFIG_DIR=$T/.cache/jupyter JUPYTER_DATA_DIR=$T/.cache/jupyter JUPYTER_RUNTIME_DIR=$T/.cache/jupyter/runtime IPYTHONDIR=$T/.cache/ipython MPLCONFIGDIR=$T/.cache/matplotlib
python -m pytest -q -p no:cacheprovider -p tests.nbval_outputs --nbval notebooks --nbval-sanitize-with tests/nbval_sanitize.cfg --nbval-cell-timeout 900 --nbval-kernel-startup-timeout 120 -n 2 --dist loadfile
