T=/work/wt/both
bash /work/scratch/p/run.sh $T /work/scratch/p/both3
cd $T; export PATH=/work/wt/s17/.venv/bin:$PATH PYTHONPATH=$T FACEDIAG_WEIGHTS=$T/.cache/no-weights MPLCONFIGDIR=$T/.cache/matplotlib
grep -E "REPROD|compared|not repro" /work/scratch/p/both3.log
python -m facediag_utils record && python tests/readme_tables.py
(bash /work/scratch/p/books.sh $T nb2 12 07 08 > /work/scratch/p/books2.log 2>&1 &)
bash /work/scratch/p/books.sh $T nb1 10 11 06 > /work/scratch/p/books1.log 2>&1
while pgrep -f "books.sh $T nb2" > /dev/null; do sleep 1; done
cat /work/scratch/p/books1.log /work/scratch/p/books2.log; date; echo done
