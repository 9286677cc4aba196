cd /work/scratch/clone; export HOME=/work/scratch/home PATH=/root/.pyenv/shims:/root/.pyenv/versions/3.11.7/bin:/usr/local/bin:/usr/bin:/bin
(time nice -n 10 make reproduce DATA=/work/scratch/own NAME=trial TRAININGS=1 SPLITS=20) > /work/scratch/p/own.log 2>&1; echo "exit $?" >> /work/scratch/p/own.log
