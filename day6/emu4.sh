cd /work/scratch/frozen; export OMP_NUM_THREADS=1 PYTHONPATH=/work/scratch/frozen; mkdir -p /work/scratch/emu4
P=/work/clone/.venv/bin/python
N="efficientnet_lite0 efficientnet_lite1 efficientnet_lite2"
$P /work/scratch/p/small2.py $N > /work/scratch/emu4/native
for n in $N; do for m in EPYC Haswell; do
s=$(date +%s); nice -n 1 qemu-x86_64 -cpu $m $P /work/scratch/p/small2.py $n 2>/work/scratch/emu4/err.$m.$n > /work/scratch/emu4/$m.$n; echo "$m $n rc=$? $(( $(date +%s)-s )) s" >> /work/scratch/emu4/log
done; done
