bash /work/scratch/p/quiet.sh stop; sleep 2
cd /work/clone; export HOME=/work/home; unset PYTHONPATH
{ bash -c 'time make reproduce NOTEBOOKS=01-09; echo exit $?'; } > /work/scratch/w0109.log 2>&1
{ bash -c 'time .venv/bin/python tests/bench.py'; } > /work/scratch/bench.log 2>&1
bash /work/scratch/p/quiet.sh go
