from pathlib import Path
def sub(path,*pairs):
    p=Path(path); s=p.read_text()
    for a,b in pairs:
        assert s.count(a)==1,(path,a,s.count(a)); s=s.replace(a,b)
    p.write_text(s)
sub("README.md",
("Number and share of test images classified correctly, with 95% Wilson intervals. Data: **rendered faces** (the bundled\ncohort).","Number and share of test images classified correctly, with 95% intervals. Data: **rendered faces** (the bundled\ncohort)."),
("What these test images say about the paper's claims (McNemar's exact test, corrected by Holm within each claim and task):",
"What these test images say about the paper's claims. Each method of one kind meets each of the other on the same images;\np is corrected by Holm over all pairs of a claim:"),
("""- The intervals are wide: there are 60 and 150 test images and one fixed split. A single training run tells us little.
- Only two pretrained networks are installed. They differ in architecture, crop and input size as well as in what they
  were trained on, so "faces over objects" is a statement about these two.
""","""- The intervals are wide: there are 60 and 150 test images and one fixed split. A single training run tells us little.
- The networks that are installed are small, and differ in architecture, crop and input size as well as in what they were
  trained on. No two of them differ in their face data alone, so nothing is said about *more* faces.
"""))
sub("docs/numbers.md",
("""- Two methods are compared on the same test images by McNemar's exact test. A verdict about a claim needs a significant
  difference after Holm's correction over all comparisons of that claim and task (not over all claims together). The
  differences with their intervals are in [results/claims.csv](../results/claims.csv).
""","""- Two methods are compared on the same test images by McNemar's exact test, or by a t-test over images and trainings where one of
  them was trained several times. Notebook 07 compares all pairs of methods and corrects over all pairs of a task. A claim of the
  paper is a question of its own, put before the run: each method of one kind meets each of the other, and Holm's correction is over
  all of these pairs, of all tasks (not over all claims together). A verdict needs a difference that stands, and none of the other
  sign. The counts, and the pair with the strongest evidence, are in [results/claims.csv](../results/claims.csv).
"""),
("""- Some differences are small, or rest on few methods. "Pretraining on faces is better than on ImageNet" compares one network
  of each kind; they also differ in architecture, crop and input size.
""","""- Some claims rest on few pairs: `comparisons` in claims.csv says on how many. "Pretraining on faces is better than on ImageNet"
  compares networks that also differ in architecture, crop and input size, as in part the paper's do; what speaks for it is that
  several makers' networks agree. "More face data is better" needs two networks of one architecture. The networks that `make setup`
  brings have none, so its verdict is "cannot tell".
"""))
sub("docs/weights.md",
("""downloads them into `weights/`. From then on every notebook uses them, and "weights not installed" in the tables turns
into numbers. Fine-tuning""","""downloads them into `weights/`. From then on every notebook uses them, and the tables have rows for them with the paper's numbers
beside. Until then a line below the tables says how many networks are not there. Fine-tuning"""))
sub("facediag_utils/run/templates/model_card.md",
("Methods are compared by paired tests with Holm's correction.","Where a method was trained several times, numbers are means over its trainings, and intervals hold images and trainings. Methods are compared by paired tests with Holm's correction."),
("Accuracy on the test images, with the 95% Wilson interval in brackets.","Accuracy on the test images, with the 95% interval in brackets."),
("Tested on the test images of {{ profile.title }} by McNemar's exact test with Holm's correction; the claim about clinicians by an exact binomial test. All numbers are in claims.csv among the results.","Tested on the test images of {{ profile.title }}: each method of one kind against each of the other, by McNemar's exact test or, after several trainings, by a t-test over images and trainings; Holm's correction is over all pairs of a claim. The claim about clinicians is tested by an exact binomial test. The difference is that of the pair with the strongest evidence. All numbers are in claims.csv among the results."),
("""| claim | task | verdict | difference (points), p | remark |
|---|---|---|---|---|
""","""| claim | task | verdict | differences that stand | difference (points), p | remark |
|---|---|---|---|---|---|
"""),
("| {{ row.verdict }} | {{ format_effect(row) | cell }} |","| {{ row.verdict }} | {{ format_pairs(row) }} | {{ format_effect(row) | cell }} |"))
sub("facediag_utils/run/model_card.py",("        format_effect=claims.format_effect,\n","        format_effect=claims.format_effect,\n        format_pairs=claims.format_pairs,\n"))
sub("facediag_utils/run/summary.py",
("accuracy on the test images, 95% Wilson interval\"]","accuracy on the test images, 95% interval\"]"),
("""    lines.append("\\nThe paper's claims on these test images (McNemar, Holm; points, 95% interval)")
""","""    lines.append("\\nThe paper's claims on these test images (paired tests, Holm over the pairs of a claim; the strongest one in points)")
"""),
("""        text = f"  {row['claim']:24} {row['task']:11} {row['verdict']:14} {claims.format_effect(row)}"
        lines.append(text.rstrip() + (f" ({row['why']})" if row["why"] else ""))
""","""        remarks = "; ".join(part for part in (row["why"], claims.format_pairs(row)) if part)
        text = f"  {row['claim']:24} {row['task']:11} {row['verdict']:14} {claims.format_effect(row)}"
        lines.append(f"{text.rstrip()} ({remarks})")
"""))
sub("facediag_utils/run/checklist.csv",)
s=Path("facediag_utils/run/checklist.csv").read_text()
a="Wilson, DeLong and bootstrap intervals; McNemar's test with Holm's correction; the corrected resampled t-test."
assert s.count(a)==2
Path("facediag_utils/run/checklist.csv").write_text(s.replace(a,"Wilson, DeLong and bootstrap intervals, which hold several trainings where there are several; paired tests with Holm's correction; the corrected resampled t-test."))
sub("tests/readme_tables.py",("""    table["text"] = table["verdict"] + ": " + table["why"]
    lines = []
    for (says, where), rows in table.groupby(["says", "where"], sort=False):
        texts = dict(zip(rows["task"], rows["text"].str.removesuffix(": "), strict=True))
        lines.append([f"{says} ({where})", *(texts.get(task, "") for task in TASKS)])
""","""    lines = []
    for (says, where), rows in table.groupby(["says", "where"], sort=False):
        texts = {row["task"]: _verdict(row) for row in rows.to_dict("records")}
        lines.append([f"{says} ({where})", *(texts.get(task, "") for task in TASKS)])
"""),("""def _table(head""","""def _verdict(row: dict) -> str:
    \"\"\" "supported: 10 for it, of 10 pairs".\"\"\"
    counts = {name: float(row[name] or 0) for name in ("favour", "against")}
    remarks = row["why"], format_pairs({**row, **counts}) if row["claim"] != CLINICIANS else ""
    return ": ".join([row["verdict"], *filter(None, ["; ".join(filter(None, remarks))])])


def _table(head"""),
("from facediag_utils.evaluation import metrics, paper_audit\n","from facediag_utils.evaluation import metrics, paper_audit\nfrom facediag_utils.evaluation.claims import CLINICIANS, format_pairs\n"))
sub("CHANGELOG.md",("""- The same bits on every x86-64""","""- Claims of the paper are tested on every pair of networks there is, with one correction per claim; tables have the rows of the networks
  that are here, and one line says how many are not; untrained copies beside pretrained networks (notebook 06).
- The same bits on every x86-64"""))
