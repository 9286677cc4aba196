mkdir -p /work/scratch/frozen; cp -r /work/main/facediag_utils /work/main/data /work/scratch/frozen/; cd /work/scratch/frozen; export OMP_NUM_THREADS=1 PYTHONPATH=/work/scratch/frozen
mkdir -p /work/scratch/emu
for what in adam dlib_resnet29 mobileface mobilenet_vggface2 efficientnet_lite0 efficientnet_lite1 efficientnet_lite2 dense_sift; do
 for m in EPYC Haswell; do
  s=$(date +%s)
  nice -n 19 qemu-x86_64 -cpu $m /work/clone/.venv/bin/python -m facediag_utils fingerprint $what > /work/scratch/emu/$m.$what 2> /work/scratch/emu/$m.$what.err
  echo "$m $what rc=$? $(( $(date +%s)-s )) s" >> /work/scratch/emu/log
 done
done
