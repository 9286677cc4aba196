cd /work/clone; export HOME=/work/home
{ date +%s; bash -c 'time make reproduce; echo exit $?'; date +%s; } > /work/scratch/d1.log 2>&1
