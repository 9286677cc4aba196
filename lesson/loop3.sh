while kill -0 30637 2>/dev/null; do sleep 2; done
bash /tmp/h/lesson/loop2.sh
