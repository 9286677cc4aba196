#!/usr/bin/env bash
# fp.sh MODEL NAMES...: fingerprints natively (MODEL native) or emulated, logged with times.  Run: nice -n 19 fp.sh Haswell mobileface
set -u
model=$1; shift
wt=/work/wt/setupbits
cd $wt
export PYTHONPATH=$wt FACEDIAG_CACHE=/tmp/h/setupbits/cache-$model OMP_NUM_THREADS=1 PYTHONUNBUFFERED=1 MPLCONFIGDIR=/tmp/h/setupbits/mpl
unset FACEDIAG_FAST FACEDIAG_EPOCHS
py=/work/wt/sixteen/.venv/bin/python
before=(); [ "$model" = native ] || before=(qemu-x86_64 -cpu "$model")
for name in "$@"; do
  log=/tmp/h/setupbits/fp-$model-$name.log
  echo "start $(date +%T)" > "$log"
  "${before[@]}" "$py" -W ignore -m facediag_utils fingerprint "$name" >> "$log" 2>&1
  echo "end $(date +%T) status $?" >> "$log"
done
