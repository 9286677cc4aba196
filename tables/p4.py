from pathlib import Path
p=Path("facediag_utils/figures/tables.py"); s=p.read_text()
a=s.index("def side_by_side("); b=s.index("def caption(")
s=s[:a]+'''def side_by_side(numbers: Iterable[int], stored: pd.DataFrame, task: Task, profile: Profile) -> pd.DataFrame:
    """One or more of the paper's tables with a run's numbers beside the paper's.

    Its rows are those that this run has numbers for: first the paper's own, then other networks, those of faces before those
    of objects and untrained ones.  `facediag_utils.networks.registry.absent` says what is not there.

    Parameters
    ----------
    numbers : iterable of int
        Tables of the paper, 3 to 6.
    stored : pandas.DataFrame
        As `facediag_utils.data.store.load` gives it.
    task : Task
    profile : Profile
        Its title stands above this run's columns.

    Returns
    -------
    pandas.DataFrame
        Two header lines: the data, and the metric.  Shares are `Interval`, the rest is text.  The paper's columns are left
        out if this run has none of the paper's rows.
    """
    papers = {key_of(row): row for number in numbers for row in rows_of(number)}
    methods = {name for method, _ in papers for name in _BESIDE.get(method, (method,))}
    if task.name not in TEST_IMAGES:  # not a task of the paper: this run's rows alone
        papers = {}
    chosen = stored[(stored["task"] == task.name) & stored["method"].isin(methods)]
    ours = {(run["method"], run["backbone"]): run for run in metrics.summarize(chosen, task).to_dict("records")}
    elsewhere = {key_of(row) for row in (*BINARY_ROWS, *MULTICLASS_ROWS)} - set(papers) if papers else set()
    others = sorted((key for key in ours if key not in papers and key not in elsewhere), key=_place)
    columns = METRICS if task.positive else OF_MANY
    lines = []
    for key in [*(key for key in papers if key in ours), *others]:
        method, pretraining, macs = metrics.method_title(*key)
        line: dict[tuple[str, str], object] = {("", "Method"): method, ("", "Pretrain"): pretraining}
        line |= {(PAPER, name): text for name, text in _printed(papers.get(key), task).items()}
        line[profile.title, "FLOPs"] = shown_macs(macs)
        line |= {(profile.title, _heading(name)): metrics.interval_of(ours[key], name) for name in columns}
        lines.append(line)
    table = pd.DataFrame(lines, columns=pd.MultiIndex.from_tuples(lines[0]) if lines else None)
    return table.loc[:, table.ne("").any()]


def _place(key: Key) -> tuple[int, int, str]:
    """Where a row of ours stands: by method, by what its network was trained for, by name."""
    record = None if key[1] == "dsift" else registry.get(key[1])
    trained_for = (FACES, OBJECTS, NOTHING).index(record.task) if record else 0
    return list(Method).index(Method(key[0])), trained_for, key[1]


def printed(number: int, task: Task) -> pd.DataFrame:
    """One of the paper's tables as it stands there, 3 to 6, its shares with the counts behind them and our intervals."""
    lines = []
    for row in rows_of(number):
        lines.append({"Method": metrics.method_title(*key_of(row))[0], "Pretrain": row.pretraining} | _printed(row, task))
    return pd.DataFrame(lines)


def of_run(stored: pd.DataFrame, tasks: Iterable[Task], profile: Profile) -> dict[str, tuple[str, pd.DataFrame]]:
    """The paper's Tables 3 to 6 for its tasks, for another task one table of all methods.

    Parameters
    ----------
    stored, profile
        As `side_by_side` takes them.
    tasks : iterable of Task

    Returns
    -------
    dict of str to (str, pandas.DataFrame)
        Caption and table, by the name of a file.
    """
    made = {}
    for task in tasks:
        numbers = {"binary": (3, 4), "multiclass": (5, 6)}.get(task.name, ())
        for number in numbers:
            made[f"table{number}"] = caption(number, task), side_by_side([number], stored, task, profile)
        if not numbers:
            made[f"table_{task.name}"] = task.title, side_by_side((3, 4, 5, 6), stored, task, profile)
    return made


'''+s[b:]
a=s.index("def _measured("); b=s.index("def styled(")
s=s[:a]+s[b:]
a=s.index("    records = [registry.get(name) for name in networks]\n    return pd.DataFrame("); 
s=s[:a]+'''    records = [registry.get(name) for name in networks]
    table = pd.DataFrame(
        {
            "network": [record.title for record in records],
            "pretraining": [record.pretraining for record in records],
            "parameters": [f"{record.parameters / 1e6:.1f}M" for record in records],
            "float32 file": [f"{record.parameters * 4 / 1e6:.0f} MB" for record in records],
            "FLOPs, counted": [shown_macs(record.macs) for record in records],
            "FLOPs, paper": [", ".join(shown.get(record.name, {})) for record in records],
            "ms per image": [
                f"{milliseconds[record.name]:.0f}" if record.name in milliseconds else "" for record in records
            ],
        }
    )
    return table.loc[:, table.ne("").any()]
'''
s=s.replace('''    Returns
    -------
    pandas.DataFrame
    """
    shown: dict''','''    Returns
    -------
    pandas.DataFrame
        A row per network; a column that would be empty is left out.
    """
    shown: dict''')
s=s.replace('''from facediag_utils.networks import registry

''','''from facediag_utils.networks import registry
from facediag_utils.networks.records import FACES, NOTHING, OBJECTS

''')
s=s.replace('''def rows_of(number''','''def of_the_paper() -> list[str]:
    """Networks of the paper's Tables 3 to 6, by their names in the registry, in the paper's order."""
    names = (key_of(row)[1] for row in (*BINARY_ROWS, *MULTICLASS_ROWS) if row.architecture)
    return list(dict.fromkeys(names))


def rows_of(number''')
p.write_text(s)
p=Path("facediag_utils/networks/registry.py"); s=p.read_text()
s=s.replace('''def get(name: str)''','''def absent(shown: Iterable[str]) -> str:
    """In a line: how many registered networks are not among those shown, and how to get their weights; empty if none is."""
    there = set(shown)
    records = [record for name, record in published().items() if name not in there]
    if not records:
        return ""
    lost = sum(not record.files for record in records)
    line = f"Not shown: {len(records)} registered networks without weights here. "
    line += f"`make weights` fetches those of {len(records) - lost} (docs/weights.md)"
    return line + (f"; those of {lost} were never published." if lost else ".")


def get(name: str)''',1)
s=s.replace('''from __future__ import annotations

from dataclasses''','''from __future__ import annotations

from collections.abc import Iterable
from dataclasses''')
s=s.replace('__all__ = ["Backbone", "build",','__all__ = ["Backbone", "absent", "build",')
p.write_text(s)
p=Path("facediag_utils/evaluation/metrics.py"); s=p.read_text()
s=s.replace('''    pretraining = "N" if method == Method.FROM_SCRATCH else record.pretraining
''','''    pretraining = "N" if method == Method.FROM_SCRATCH or record.task == NOTHING else record.pretraining
''')
s=s.replace('''from facediag_utils.networks import registry
''','''from facediag_utils.networks import registry
from facediag_utils.networks.records import NOTHING
''')
p.write_text(s)
p=Path("facediag_utils/run/report.py"); s=p.read_text()
a=s.index("def _paper_tables("); b=s.index("def figures(")
s=s[:a]+'''def _paper_tables(stored: pd.DataFrame, paper: list[Task], profile: Profile) -> list[str]:
    made = tables.of_run(stored, paper, profile).values()
    return [tables.styled(table, caption).to_html() for caption, table in made if len(table)]


'''+s[b:]
s=s.replace("        networks=_networks(stored),\n","        absent=registry.absent(stored[\"backbone\"]),\n")
s=s.replace("from facediag_utils.data.paper import BINARY_ROWS, MULTICLASS_ROWS\n","")
p.write_text(s)
p=Path("facediag_utils/run/templates/report.html"); s=p.read_text()
a=s.index("{% if networks.absent %}"); b=s.index("<h2>Figures</h2>")
s=s[:a]+'''{% if absent %}
<p>{{ absent }}</p>
{% endif %}
{% endif %}

'''+s[b:]
p.write_text(s)
