# b2.sh HITS PROCESSOR COMMAND...
hits=$1; cpu=$2; shift 2
so=$(ls /work/main/.cache/elsewhere/*.so | head -1)
exec python3 /work/main/tests/elsewhere.py $cpu env LD_PRELOAD="/tmp/cf/lib/libm.so.6 $so /tmp/cf/libtrap3.so" TRAP_SITES=/tmp/cf/sites.txt TRAP_OUT=$hits "$@"
