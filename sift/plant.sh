. /tmp/h/sift/env.sh
mkdir -p /tmp/h/sift/plant; rm -rf /tmp/h/sift/plant/*; git archive HEAD | tar -x -C /tmp/h/sift/plant; cp tests/evaluation/*.py /tmp/h/sift/plant/tests/evaluation/
cd /tmp/h/sift/plant; export PYTHONPATH=$PWD
t(){ nice -n 15 python -m pytest -q -p no:cacheprovider tests/evaluation/test_trainings.py tests/evaluation/test_metrics.py -k "size or formula or holds_the_truth" 2>&1 | grep -E "FAILED|passed|failed"; }
f=facediag_utils/evaluation/trainings.py; cp $f /tmp/h/sift/orig.py
echo "A: no between in difference"; sed -i 's/^        between(first.mean(axis=1)),$//; s/^        between(second.mean(axis=1)),$//' $f; t; cp /tmp/h/sift/orig.py $f
echo "B: variance doubled"; sed -i 's/    return total, total\*\*2/    return 2 * total, total**2/' $f; t; cp /tmp/h/sift/orig.py $f
echo "C: widened without between"; sed -i 's/combined(\[(over_images, images - 1), between(values)\])/combined([(over_images, images - 1)])/' $f; t; cp /tmp/h/sift/orig.py $f
echo "D: normal, not student"; sed -i 's/student.ppf(0.975, degrees) \/ NORMAL/1.0/' $f; t; cp /tmp/h/sift/orig.py $f
