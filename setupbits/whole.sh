#!/usr/bin/env bash
# whole.sh MODEL NAME TASK: a whole training, with a checkpoint after each epoch (start again: it goes on).  dlib_resnet29: hours emulated.
set -u
model=$1; shift
cd /work/wt/setupbits
export PYTHONPATH=$PWD FACEDIAG_CACHE=/tmp/h/setupbits/cache-$model OMP_NUM_THREADS=1 PYTHONUNBUFFERED=1
unset FACEDIAG_FAST FACEDIAG_EPOCHS
before=(); [ "$model" = native ] || before=(qemu-x86_64 -cpu "$model")
"${before[@]}" /work/wt/sixteen/.venv/bin/python -W ignore /tmp/h/setupbits/whole.py "$1" "$2" ${3:-} > /tmp/h/setupbits/whole-$model-$1-$2.log 2>&1
