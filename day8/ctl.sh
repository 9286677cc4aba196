cd /work/clone3
for f in "" 1; do for c in native zen3 haswell; do
 if [ $c = native ]; then pre=""; else pre=".venv/bin/python tests/elsewhere.py $c"; fi
 echo "FAST=$f $c $(FACEDIAG_FAST=$f $pre .venv/bin/python -m facediag_utils fingerprint dense_sift dlib_resnet29 | awk 'NR>1{printf "%s:%s ", $2, substr($3,1,8)}')"
done; done
