from pathlib import Path
p=Path("facediag_utils/evaluation/roc_analysis.py"); s=p.read_text()
s=s.replace('''    runs = trainings_of(predictions)
    actual = (runs[0]["label"] == task.positive).to_numpy()
    scores = np.stack([_ranked(rows[f"score_{task.positive}"].to_numpy(dtype=float), actual) for rows in runs])
    curves = [roc_curve(actual, each, drop_intermediate=False)[:2] for each in scores]
''','''    scores, actual = scores_of(predictions, task)
    curves = [roc_curve(actual, each, drop_intermediate=False)[:2] for each in scores]
''')
s=s.replace('''        trainings.widened(float(covariance.mean()), len(actual), areas) if len(runs) > 1 else float(covariance[0, 0])
''','''        trainings.widened(float(covariance.mean()), len(actual), areas) if len(scores) > 1 else float(covariance[0, 0])
''')
s=s.replace('''def _ranked(''','''def scores_of(predictions: pd.DataFrame, task: Task) -> tuple[np.ndarray, np.ndarray]:
    """Scores of the positive class by one method's trainings, float (trainings, n), and which images are positive, bool (n,),
    the images in the order of their names."""
    runs = trainings_of(predictions.sort_values("image", kind="stable"))
    actual = (runs[0]["label"] == task.positive).to_numpy()
    return np.stack([_ranked(rows[f"score_{task.positive}"].to_numpy(dtype=float), actual) for rows in runs]), actual


def _ranked(''')
p.write_text(s)
p=Path("facediag_utils/evaluation/paired_tests.py"); s=p.read_text()
s=s.replace('''def delong_test(''','''def compare_areas(first: pd.DataFrame, second: pd.DataFrame, task: Task) -> tuple[Interval, float]:
    """Two methods' areas under the ROC curve on the same images: first less second, with its 95% interval, and p.

    `delong_test` if both were trained once, else a t-test over images and trainings: DeLong's variance of the difference of
    mean areas and the variances between trainings are added, as `facediag_utils.evaluation.trainings.difference` does.

    Parameters
    ----------
    first, second : pandas.DataFrame
        Rows of the store, all trainings of one method each.
    task : Task
        Of two classes.

    Raises
    ------
    ResultsError
        If the methods were not tried on the same images.
    """
    (one, actual), (other, also) = (scores_of(rows, task) for rows in (first, second))
    if set(first["image"]) != set(second["image"]) or not np.array_equal(actual, also):
        raise ResultsError(f"task {task.name!r}: two areas are compared on the same images only")
    if len(one) == len(other) == 1:
        return delong_test(one[0], other[0], actual)
    areas, covariance = delong(np.concatenate([one, other]), actual)
    weights = np.repeat([1 / len(one), -1 / len(other)], [len(one), len(other)])
    difference = float(weights @ areas)
    over_images = float(weights @ covariance @ weights), len(actual) - 1
    between = (trainings.between(each) for each in (areas[: len(one)], areas[len(one) :]))
    return trainings.tested(difference, trainings.combined([over_images, *between]))


def delong_test(''')
s=s.replace("from facediag_utils.evaluation.roc_analysis import delong\n","from facediag_utils.evaluation.roc_analysis import delong, scores_of\n")
p.write_text(s)
p=Path("facediag_utils/evaluation/trainings.py"); s=p.read_text()
s=s.replace('''    variance, degrees = combined(parts)
    value = float(by_image.mean())
    if variance <= 0:
''','''    return tested(float(by_image.mean()), combined(parts))


def tested(value: float, spread: tuple[float, float]) -> tuple[Interval, float]:
    """A difference, -1..1, with its 95% interval and two-sided p by Student's t; ``spread`` as `combined` gives it."""
    variance, degrees = spread
    if variance <= 0:
''')
p.write_text(s)
