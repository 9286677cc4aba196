while kill -0 1814 2>/dev/null; do sleep 2; done
. /tmp/h/lesson/env.sh
for w in stages tight-224 loose-128 bn loose-320; do $PY /tmp/h/lesson/explore.py $w; sleep 2; done
$PY /tmp/h/lesson/explore.py stages untrained:efficientnet_lite0
$PY /tmp/h/lesson/explore.py bn untrained:efficientnet_lite0
