#!/usr/bin/env bash
# all.sh MODEL: everything in order of cost, emulated or native; logs fp-MODEL-NAME.log, whole-MODEL-*.log.  Run: nice -n 19 setsid all.sh Haswell &
set -u
model=$1
/tmp/h/setupbits/fp.sh $model mobileface dlib_resnet29 mobilenet_vggface2 efficientnet_lite0 dense_sift efficientnet_lite1 efficientnet_lite2
/tmp/h/setupbits/whole.sh $model mobileface multiclass
