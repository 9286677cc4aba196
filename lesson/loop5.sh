. /tmp/h/lesson/env.sh
while kill -0 6599 2>/dev/null; do sleep 1; done
$PY /tmp/h/lesson/feat.py . untrained:dlib_resnet29 untrained:mobileface efficientnet_lite0
$PY /tmp/h/lesson/explore.py stages
$PY /tmp/h/lesson/feat.py identities dlib_resnet29 mobileface untrained:dlib_resnet29 untrained:mobileface efficientnet_lite0
$PY /tmp/h/lesson/explore.py tight-224
$PY /tmp/h/lesson/explore.py loose-128
$PY /tmp/h/lesson/feat.py . mobilenet_vggface2 untrained:efficientnet_lite0
$PY /tmp/h/lesson/feat.py identities mobilenet_vggface2 untrained:efficientnet_lite0 untrained:mobilenet_vggface2
$PY /tmp/h/lesson/explore.py bn
$PY /tmp/h/lesson/feat.py . untrained:mobilenet_vggface2
for p in . identities; do $PY /tmp/h/lesson/feat.py $p efficientnet_lite1 efficientnet_lite2; done
