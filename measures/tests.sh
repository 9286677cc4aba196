cd /work/wt/measures
export OMP_NUM_THREADS=1 LOKY_MAX_CPU_COUNT=1 PYTHONPATH=/work/wt/measures
nice -n 15 /work/wt/sixteen/.venv/bin/python -m pytest -q -p no:cacheprovider tests/figures/test_measurement_figures.py tests/methods/test_landmark_classifiers.py tests/faces/test_procrustes.py tests/evaluation/test_norms.py tests/faces/test_measurements.py "tests/run/test_notebook_variants.py" > /tmp/h/measures/tests.log 2>&1; echo done >> /tmp/h/measures/tests.log
