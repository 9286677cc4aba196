# after the render: chips and rates on one core, emulation on the other
cd /work/wt/setupbits; export PYTHONPATH=$PWD FACEDIAG_CACHE=$PWD/.cache OMP_NUM_THREADS=1
py=/work/wt/sixteen/.venv/bin/python
