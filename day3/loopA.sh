. /work/scratch/env.sh; export OMP_NUM_THREADS=1
B="python -W ignore /work/scratch/budget2.py dlib_resnet29"
for s in 0 1 2; do $B binary --epochs 24 --seed $s --head 100; done
for s in 1 2; do $B multiclass --epochs 16 --seed $s --head 100; done
