# books.sh TREE OUT NUMBERS...
T=$1; O=$T/.cache/$2; shift 2; cd $T
export PATH=/work/wt/s17/.venv/bin:$PATH PYTHONPATH=$T FACEDIAG_WEIGHTS=$T/.cache/no-weights JUPYTER_CONFIG_DIR=$T/.cache/jupyter JUPYTER_DATA_DIR=$T/.cache/jupyter JUPYTER_RUNTIME_DIR=$T/.cache/jupyter/runtime IPYTHONDIR=$T/.cache/ipython MPLCONFIGDIR=$T/.cache/matplotlib FACEDIAG_OUT=$O
for n in "$@"; do rm -rf $O; /usr/bin/time -f "$n %e s %U+%S" python -c 'import facediag_utils; from nbconvert.nbconvertapp import main; main()' --to notebook --execute --inplace --ExecutePreprocessor.record_timing=False notebooks/${n}_*.ipynb 2>&1 | grep -v "^\[NbConvert" | tail -12; done
