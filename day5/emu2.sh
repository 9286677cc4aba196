cd /work/scratch/frozen; export OMP_NUM_THREADS=1 PYTHONPATH=/work/scratch/frozen; mkdir -p /work/scratch/emu2
N="adam dlib_resnet29 mobileface mobilenet_vggface2 efficientnet_lite0 efficientnet_lite1 efficientnet_lite2"
/work/clone/.venv/bin/python /work/scratch/p/small.py $N > /work/scratch/emu2/native
for m in EPYC Haswell; do for n in $N; do
s=$(date +%s); nice -n 4 qemu-x86_64 -cpu $m /work/clone/.venv/bin/python /work/scratch/p/small.py $n 2>/dev/null > /work/scratch/emu2/$m.$n; echo "$m $n rc=$? $(( $(date +%s)-s )) s" >> /work/scratch/emu2/log
done; done
