. /tmp/h/lesson/env.sh
for n in dlib_resnet29 mobileface untrained:dlib_resnet29 untrained:mobileface mobilenet_vggface2 efficientnet_lite0 untrained:efficientnet_lite0 untrained:mobilenet_vggface2; do $PY /tmp/h/lesson/feat.py . $n; sleep 3; done
for n in dlib_resnet29 mobileface untrained:dlib_resnet29 untrained:mobileface mobilenet_vggface2 efficientnet_lite0 untrained:efficientnet_lite0 untrained:mobilenet_vggface2; do $PY /tmp/h/lesson/feat.py identities $n; sleep 3; done
for p in . identities; do $PY /tmp/h/lesson/feat.py $p efficientnet_lite1; $PY /tmp/h/lesson/feat.py $p efficientnet_lite2; sleep 3; done
