# fp.sh MODEL NAMES...
model=$1; shift
. /work/scratch/env.sh; export OMP_NUM_THREADS=1 PYTHONUNBUFFERED=1 FACEDIAG_CACHE=/work/scratch/fp/cache-$model
before=(); [ "$model" = native ] || before=(qemu-x86_64 -cpu "$model")
for name in "$@"; do
  log=/work/scratch/fp/$model-$name.log
  echo "start $(date +%T)" > $log
  nice -n 12 "${before[@]}" /work/wt/s16/.venv/bin/python -W ignore -m facediag_utils fingerprint "$name" >> $log 2>&1
  echo "end $(date +%T) status $?" >> $log
done
