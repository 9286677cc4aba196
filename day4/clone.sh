cd /work/scratch/clone; unset PYTHONPATH FACEDIAG_CACHE FACEDIAG_OUT FACEDIAG_WEIGHTS MPLCONFIGDIR; export HOME=/work/scratch/home PATH=/root/.pyenv/shims:/root/.pyenv/versions/3.11.7/bin:/usr/local/bin:/usr/bin:/bin
/usr/bin/time -v make reproduce > /work/scratch/p/c1.log 2>&1; echo "exit $?" >> /work/scratch/p/c1.log
python3 /work/scratch/cells.py $PWD/runs/bundled/notebooks > /work/scratch/p/c1.cells
/usr/bin/time -v make reproduce > /work/scratch/p/c2.log 2>&1; echo "exit $?" >> /work/scratch/p/c2.log
python3 /work/scratch/cells.py $PWD/runs/bundled/notebooks > /work/scratch/p/c2.cells
(time make test-notebooks) > /work/scratch/p/c4.log 2>&1; echo "exit $?" >> /work/scratch/p/c4.log
(time make test-python) > /work/scratch/p/c3.log 2>&1; echo "exit $?" >> /work/scratch/p/c3.log
git status --short > /work/scratch/p/c.status; date >> /work/scratch/p/c.status
