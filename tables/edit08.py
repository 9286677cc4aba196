import nbformat
P="/work/wt/tables/notebooks/08_clinician_comparison.ipynb"
nb=nbformat.read(P,4); c=nb.cells
def src(i,text): c[i].source=text
src(12,'''Notebook 01 found that ancestry alone does better than chance. Does DTL2 on a network of faces do more than that *within* each
ancestry? From here on, this run's numbers are for **rendered faces**.''')
c[19].source=c[19].source.replace('"accuracy (%), 95% Wilson"','"accuracy (%), 95% interval"')
src(31,'''## The paper's claims, tested on this run

A claim says that methods of one kind are better than methods of another. Each method of the first kind meets each of the second on
the same test images: DTL2 on every network of faces meets DTL2 on every network of objects, and so on. The test of a pair is that
of notebook 07: McNemar's exact test, or where a method was trained several times a t-test over images and trainings.

*Supported* means that at least one difference in favour of the claim stands, and none against it. Holm's correction is over **all
pairs of the claim**, those of all tasks together. It is not over all claims, nor over all pairs of methods as in notebook 07: the
paper put these questions before this run, each is answered for itself, and an answer should not depend on which other methods
happen to be in the tables. Somebody who picks the most striking row out of all claims has to correct for all of them.

Two methods that differ in more than what the claim is about can decide nothing. So *more face data helps* needs two networks of one
architecture. If there are none, the pairs that there are stand in the table, and the verdict is *cannot tell*.''')
src(32,'''verdicts = claims.table(stored, tasks, profile)
store.write_csv(profile.results / "claims.csv", verdicts)
rows = []
for row in verdicts.to_dict("records"):
    verdict = row["verdict"] + (f": {row['why']}" if row["why"] else "")
    pair = f"{row['first']} against {row['second']}: {claims.format_effect(row)}" if row["first"] else ""
    rows.append({"verdict": verdict, "differences that stand": claims.format_pairs(row), "the pair with the strongest evidence": pair})
pd.DataFrame(rows, index=pd.MultiIndex.from_frame(verdicts[["claim", "task"]]))''')
src(33,'''**What it shows.** Which of the paper's claims these predictions support, on how many pairs, and which cannot be decided with these
test images and networks. Differences are in points, with 95% intervals. `make reproduce` prints the verdicts;
`runs/<profile>/results/claims.csv` holds them.

**What it does not show.** That all pairs of a supported claim differ: read how many do. Pairs that share a method are not
independent of each other either.''')
src(34,'''Nor does it show whether the claims hold for patients. These predictions are **for rendered faces**; for patients, the
photographs are needed.''')
nbformat.validate(nb); nbformat.write(nb,P)
