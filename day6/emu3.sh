cd /work/scratch/frozen; export OMP_NUM_THREADS=1 PYTHONPATH=/work/scratch/frozen; mkdir -p /work/scratch/emu3
P=/work/clone/.venv/bin/python
N="mobilenet_vggface2 efficientnet_lite0 efficientnet_lite1 efficientnet_lite2"
$P /work/scratch/p/small.py adam dlib_resnet29 mobileface $N > /work/scratch/emu3/native
for n in $N; do for m in EPYC Haswell; do
s=$(date +%s); nice -n 1 qemu-x86_64 -cpu $m $P /work/scratch/p/small.py $n 2>/work/scratch/emu3/err.$m.$n > /work/scratch/emu3/$m.$n; echo "$m $n rc=$? $(( $(date +%s)-s )) s" >> /work/scratch/emu3/log
done; done
