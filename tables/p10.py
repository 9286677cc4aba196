from pathlib import Path
p=Path("facediag_utils/figures/tables.py"); s=p.read_text()
a=s.index('    """One or more of the paper\'s tables with a run'); b=s.index("    papers = {key_of(row): row for number")
s=s[:a]+'''    """One or more of the paper's tables, made of this run's numbers, with the paper's own above them where it has that row.

    The rows are those that this run has numbers for: first the paper's methods, then others, on networks of faces before
    networks of objects and untrained ones.  `facediag_utils.networks.registry.absent` says what is not there.

    Parameters
    ----------
    numbers : iterable of int
        Tables of the paper, 3 to 6.
    stored : pandas.DataFrame
        As `facediag_utils.data.store.load` gives it.
    task : Task
    profile : Profile
        Its title names this run's data.

    Returns
    -------
    pandas.DataFrame
        Columns `HEAD` and the metrics.  Shares are `Interval`, the rest is text.
    """
'''+s[b:]
a=s.index("    lines = []\n    for key in [*(key for key in papers"); b=s.index("def _place(")
s=s[:a]+'''    lines: list[dict[str, object]] = []
    for key in [*(key for key in papers if key in ours), *others]:
        method, pretraining, macs = metrics.method_title(*key)
        head = {"Method": method, "Pretrain": pretraining}
        if key in papers:
            lines.append({**head, "Data": PAPER, **_printed(papers[key], task)})
        shares = {_heading(name): metrics.interval_of(ours[key], name) for name in columns}
        lines.append({**head, "Data": profile.title, "FLOPs": shown_macs(macs), **shares})
    return pd.DataFrame(lines, columns=[*HEAD, *map(_heading, columns)]).fillna("")


'''+s[b:]
a=s.index("def _printed("); b=s.index("def styled(")
s=s[:a]+'''def _printed(row: Row, task: Task) -> dict[str, object]:
    """The paper's cells: its shares as printed, with the counts behind them (see `paper_audit.recover`) and our intervals."""
    found = paper_audit.intervals_of(row)
    names = METRICS if task.positive else METRICS[:1]
    return {"FLOPs": row.flops} | {
        _heading(name): replace(found[name], value=getattr(row, name) / 100) for name in names
    }


'''+s[b:]
s=s.replace('''    style = table.style.hide(axis="index").format(escape="html").set_caption(caption)
''','''    style = table.style.hide(axis="index").format(_unbroken, escape="html").set_caption(caption)
''')
s=s.replace('"min-width: 17em"','"min-width: 14em"')
a=s.index("def _bold_best("); b=s.index("def costs(")
s=s[:a]+'''def _unbroken(cell: object) -> object:
    """An interval's bounds stay on one line."""
    return str(cell).replace("-", "\\N{NON-BREAKING HYPHEN}") if isinstance(cell, Interval) else cell


def _bold_best(table: pd.DataFrame) -> pd.DataFrame:
    """Which cells are bold: the best share of each column among a run's, an epoch chosen on our test images out of the contest."""
    fair = ~table.iloc[:, 0].str.endswith(metrics.HOW[Method.DTL1_TEST_EPOCH] + ")")
    if "Data" in table:
        fair &= table["Data"] != PAPER
    numbers = table.map(lambda cell: cell.value if isinstance(cell, Interval) else np.nan)
    return numbers.eq(numbers[fair].max()).where(fair, False).replace({True: "font-weight: bold", False: ""})


'''+s[b:]
s=s.replace('''TEST_IMAGES =''','''HEAD = ("Method", "Pretrain", "Data", "FLOPs")
TEST_IMAGES =''')
s=s.replace('''"""Tables 3-6: the paper's numbers and a run's side by side, each under the name of its data, the best in bold."""''','''"""Tables 3-6 of a run, the paper's numbers beside its own, each with the name of its data, the best of the run in bold."""''')
s=s.replace('''    table = pd.DataFrame(
        {
            "network"''','''    table = pd.DataFrame(
        {
            "network"''')
p.write_text(s)
p=Path("facediag_utils/figures/curves.py"); s=p.read_text()
s=s.replace('''    axis.invert_yaxis()
    axis.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    return finished(figure, title, fontsize=10)


def table_bars''','''    axis.invert_yaxis()
    handles, names = axis.get_legend_handles_labels()
    axis.legend(handles[1:] + handles[:1], names[1:] + names[:1], loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    return finished(figure, title, fontsize=10)


def table_bars''')
p.write_text(s)
p=Path("facediag_utils/figures/uncertainty.py"); s=p.read_text()
s=s.replace('''    axis.secondary_xaxis("top").set_xticks([100 * value for value in PREVALENCES.values()], named, fontsize=7.5)
''','''    above = axis.secondary_xaxis("top")
    above.set_xticks([100 * value for value in PREVALENCES.values()], named, fontsize=7.5)
    above.set_xticks([], minor=True)
    for text, side in zip(above.get_xticklabels(), ("right", "left", "right", "center"), strict=True):
        text.set_horizontalalignment(side)
''')
p.write_text(s)
import nbformat
P="notebooks/08_clinician_comparison.ipynb"; nb=nbformat.read(P,4)
c=next(c for c in nb.cells if "claims.table(" in c.source)
c.source='''verdicts = claims.table(stored, tasks, profile)
store.write_csv(profile.results / "claims.csv", verdicts)
rows = []
for row in verdicts.to_dict("records"):
    verdict = row["verdict"] + (f": {row['why']}" if row["why"] else "")
    pair = f"{row['first']} against {row['second']}: {claims.format_effect(row)}" if row["first"] else ""
    shown = {"claim": row["claim"], "task": row["task"], "verdict": verdict}
    rows.append(shown | {"differences that stand": claims.format_pairs(row), "the pair with the strongest evidence": pair})
tables.styled(pd.DataFrame(rows), f"Claims of the paper, {profile.title}")'''
c=next(c for c in nb.cells if "import style, uncertainty" in c.source)
c.source=c.source.replace("import style, uncertainty","import style, tables, uncertainty")
nbformat.write(nb,P)
P="notebooks/03_baselines.ipynb"; nb=nbformat.read(P,4)
c=next(c for c in nb.cells if "def rows_of_table" in c.source); print(c.source)
c.source=c.source.replace('''    table = table[table["", "Method"].str.startswith("DSIFT")]
''','')
nbformat.write(nb,P)
P="notebooks/05_dtl2_features.ipynb"; nb=nbformat.read(P,4)
c=next(c for c in nb.cells if 'side_by_side([5, 6]' in c.source); print(c.source)
c.source='''table = tables.side_by_side([5, 6], stored, last, profile)
tables.styled(table, f"Tables 5 and 6. {last.title}, features and SVM")'''
c=next(c for c in nb.cells if 'side_by_side([4]' in c.source); print(c.source)
c.source=c.source.replace("table = tables.side","print(registry.absent(networks))\ntable = tables.side")
nbformat.write(nb,P)
