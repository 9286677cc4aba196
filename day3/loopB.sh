. /work/scratch/env.sh; export OMP_NUM_THREADS=1
B="python -W ignore /work/scratch/budget2.py efficientnet_lite0"
$B multiclass --epochs 24 --seed 0 --rate 1e-3
