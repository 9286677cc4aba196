. /work/scratch/env.sh; export OMP_NUM_THREADS=1 PYTHONUNBUFFERED=1 FACEDIAG_CACHE=/work/scratch/fp/cache-w
W="/work/wt/s16/.venv/bin/python -W ignore /work/scratch/setupbits/whole.py"
nice -n 5 $W mobileface binary > /work/scratch/fp/whole-native-mobileface.log 2>&1
while pgrep -f "qemu-x86_64 -cpu Haswell" > /dev/null; do sleep 2; done
fp() { bash /work/scratch/fp.sh "$@"; }
fp Haswell dense_sift
nice -n 9 qemu-x86_64 -cpu Haswell $W mobileface binary > /work/scratch/fp/whole-Haswell-mobileface.log 2>&1
fp Haswell efficientnet_lite0 dlib_resnet29
fp EPYC mobileface mobilenet_vggface2 efficientnet_lite0 dlib_resnet29 dense_sift
fp Haswell efficientnet_lite1 efficientnet_lite2
fp EPYC efficientnet_lite1 efficientnet_lite2
