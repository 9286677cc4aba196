cd /work/clone2; export HOME=/work/home2; mkdir -p $HOME; unset PYTHONPATH
{ bash -c 'time make setup'; } > /work/scratch/f_setup.log 2>&1
while [ -e /work/scratch/p/hold ]; do sleep 2; done
date > /work/scratch/f_cold.log; { bash -c 'time make reproduce; echo exit $?'; } >> /work/scratch/f_cold.log 2>&1; git status --short > /work/scratch/f_status1
{ bash -c 'time make reproduce; echo exit $?'; } > /work/scratch/f_warm.log 2>&1
{ bash -c 'time make lint; time make test; echo exit $?'; } > /work/scratch/f_test.log 2>&1
git status --short > /work/scratch/f_status2; date > /work/scratch/f_done
