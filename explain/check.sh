. /tmp/h/explain/env.sh
B=/work/wt/sixteen/.venv/bin
nice -n 15 $B/ruff format facediag_utils tests/methods/test_explanations.py tests/evaluation tests/figures; nice -n 15 $B/ruff check facediag_utils tests
