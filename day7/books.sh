cd $1; export PATH=/work/clone/.venv/bin:$PATH PYTHONPATH=$1 FACEDIAG_WEIGHTS=$1/.cache/no-weights
half() { for book in "$@"; do rm -rf .cache/half$H; FACEDIAG_OUT=$PWD/.cache/half$H python -c 'import facediag_utils; from nbconvert.nbconvertapp import main; main()' --log-level WARN --to notebook --execute --inplace --ExecutePreprocessor.record_timing=False $book || echo "FAILED $book"; done; }
(H=a; half notebooks/0[1-4]*.ipynb notebooks/1[0-2]*.ipynb; FACEDIAG_RECORDED=1 half notebooks/solutions/0[1-5]*.ipynb notebooks/solutions/1[0-2]*.ipynb) & (H=b; half notebooks/0[5-9]*.ipynb notebooks/1[3-6]*.ipynb; FACEDIAG_RECORDED=1 half notebooks/solutions/0[6-9]*.ipynb notebooks/solutions/1[3-6]*.ipynb) & wait
rm -rf .cache/half[ab]
