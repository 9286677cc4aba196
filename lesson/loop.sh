. /tmp/h/lesson/env.sh
for a in 40 90 140 190 240 290 340; do $PY /tmp/h/lesson/faces.py . $a $((a+50)); sleep 5; done
for a in 0 60; do $PY /tmp/h/lesson/faces.py identities $a $((a+60)); sleep 5; done
