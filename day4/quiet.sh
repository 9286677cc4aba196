# quiet.sh COMMAND...: run with helpers' processes stopped
P=$(pgrep -f "qemu-x86_64|/work/wt/s17|/work/scratch/h17" | grep -v $$)
kill -STOP $P 2>/dev/null; "$@"; kill -CONT $P 2>/dev/null
