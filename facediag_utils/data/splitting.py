"""Who trains and who tests: a task's rows, folds, held-out images, thinned training sets, and random splits in which nobody is on both
sides."""

from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import PredefinedSplit, StratifiedKFold

from facediag_utils.core.errors import CohortError
from facediag_utils.data.cohort import Cohort, Task

FOLDS = 5
LEAST_FACES = 3  # training faces per class: the others must teach it when one is held out
RAREST = 1 / 8  # of thinned training sets: the rarest class's images as a share of the commonest's
THINNED_FROM = 40  # images of the commonest class there, at most: what each class of the paper has to train with
LEAST_THINNED = 2  # images of a class there
HELD_OUT = 0.2  # share of each class's training images that a training leaves aside, where something is chosen by them


def draw_splits(
    labels: np.ndarray, test_share: dict[str, int], count: int, seed: int = 0, groups: np.ndarray | None = None
) -> np.ndarray:
    """Random splits with fixed numbers of test images a class.

    Parameters
    ----------
    labels : numpy.ndarray
        (n,), class names.
    test_share : dict
        Test images of each class.
    count, seed : int
    groups : numpy.ndarray, optional
        (n,), of images that must not be parted (one person's).  Groups are added until each class has its share, so
        that it may have a few more.

    Returns
    -------
    numpy.ndarray
        bool, (count, n): True where an image is tested.
    """
    rng = np.random.default_rng(seed)
    if groups is not None:
        return _draw_whole_groups(labels, test_share, count, rng, groups)
    tested = np.zeros((count, len(labels)), bool)
    for row in tested:
        for name in sorted(test_share):
            row[rng.permutation(np.flatnonzero(labels == name))[: test_share[name]]] = True
    return tested


def _draw_whole_groups(
    labels: np.ndarray, test_share: dict[str, int], count: int, rng: np.random.Generator, groups: np.ndarray
) -> np.ndarray:
    names, label = np.unique(labels, return_inverse=True)
    found, number = np.unique(groups, return_inverse=True)
    images = np.zeros((len(found), len(names)), int)  # of each group in each class
    np.add.at(images, (number, label), 1)
    classes, share = [np.flatnonzero(row) for row in images], np.array([test_share.get(str(name), 0) for name in names])
    tested = np.zeros((count, len(found)), bool)
    for taken in tested:
        reached = np.zeros(len(names), int)
        for group in rng.permutation(len(found)):
            if (reached[classes[group]] < share[classes[group]]).all():
                reached += images[group]
                taken[group] = True
    return tested[:, number]


def draw_grouped_split(labels: np.ndarray, test_share: dict[str, int], groups: np.ndarray, seed: int = 0) -> np.ndarray:
    """Of twenty splits the one whose numbers of test images come nearest to those wanted, bool (n,).

    (scikit-learn's StratifiedGroupKFold left classes of ten with three to seven test images.)"""
    tested = draw_splits(labels, test_share, 20, seed, groups)
    missed = sum(np.abs(tested[:, labels == name].sum(axis=1) - share) for name, share in test_share.items())
    return tested[int(np.argmin(missed))]


@dataclass(frozen=True)
class TaskSplit:
    """Which rows of a cohort train and test a task (boolean masks over the cohort), and every row's label.

    ``groups`` are of the training rows, numbers of images that must not be parted, if the cohort knows any."""

    train: np.ndarray
    test: np.ndarray
    found: np.ndarray
    labels: np.ndarray
    groups: np.ndarray | None = None


def task_split(task: Task, cohort: Cohort, found: np.ndarray) -> TaskSplit:
    """Training rows are those with a face; test rows are all, as a face that is not found counts as an error.

    Raises
    ------
    CohortError
        If a class has fewer than `LEAST_FACES` training faces.
    """
    table = cohort.table
    member = table["label"].isin(task.classes).to_numpy()
    labels = table["label"].to_numpy(dtype=str)
    train = member & found & (table["split"] == "train").to_numpy()
    counts = {name: int((labels[train] == name).sum()) for name in task.classes}
    few = [f"{name} ({count})" for name, count in counts.items() if count < LEAST_FACES]
    if few:
        raise CohortError(
            f"{cohort.profile.data}: fewer than {LEAST_FACES} training images in which a face was found: "
            f"{', '.join(few)}; add pictures of these classes, or take the classes out"
        )
    groups = table["group"].to_numpy()[train] if "group" in table else None
    return TaskSplit(train, member & (table["split"] == "test").to_numpy(), found, labels, groups)


def stratified_subsample(labels: np.ndarray, most: int, seed: int = 0) -> np.ndarray:
    """Positions of at most about ``most`` images, each class by its share (but `FOLDS` at least); all if there are fewer."""
    if len(labels) <= most:
        return np.arange(len(labels))
    rng, kept = np.random.default_rng(seed), []
    for name in np.unique(labels):
        members = np.flatnonzero(labels == name)
        kept.append(rng.permutation(members)[: max(FOLDS, round(most * len(members) / len(labels)))])
    return np.sort(np.concatenate(kept))


def cross_validation_folds(
    labels: np.ndarray, seed: int, groups: np.ndarray | None = None
) -> StratifiedKFold | PredefinedSplit:
    """The five folds of training images, each class in two of them at least.

    Images of one group fall into one fold, where that leaves every class something to train on."""
    if groups is not None and len(np.unique(groups)) < len(labels):
        fold = assign_group_folds(labels, groups, seed)
        if len(set(fold)) == FOLDS and all(len(set(fold[labels == name])) > 1 for name in np.unique(labels)):
            return PredefinedSplit(fold)
    if np.unique(labels, return_counts=True)[1].min() < FOLDS:
        return PredefinedSplit(assign_group_folds(labels, np.arange(len(labels)), seed))
    return StratifiedKFold(FOLDS, shuffle=True, random_state=seed)


def assign_group_folds(labels: np.ndarray, groups: np.ndarray, seed: int) -> np.ndarray:
    """Numbers of folds, (n,): groups are dealt out one after another, the large ones of each class first.

    (scikit-learn's StratifiedGroupKFold balances better and takes a thousand times as long, which hundreds of splits
    cannot afford.)"""
    found, first, number, sizes = np.unique(groups, return_index=True, return_inverse=True, return_counts=True)
    mixed = np.random.default_rng(seed).permutation(len(found))
    order = mixed[np.lexsort((-sizes[mixed], labels[first][mixed]))]  # class by class, so that each gets its share
    fold = np.empty(len(found), int)
    fold[order] = np.arange(len(found)) % FOLDS
    return fold[number]


def held_out(
    rows: np.ndarray, numbers: np.ndarray, seed: int = 0, groups: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Training rows less `HELD_OUT` of each class, and those held out; one fold of five where groups must stay together.

    Parameters
    ----------
    rows : numpy.ndarray
        Positions of the training images.
    numbers : numpy.ndarray
        Classes of all images.
    seed : int
    groups : numpy.ndarray, optional
        Of the training images.
    """
    split = cross_validation_folds(numbers[rows], seed, groups)
    if groups is not None and isinstance(split, PredefinedSplit):
        kept, aside = next(split.split())
        return rows[kept], rows[aside]
    rng, held = np.random.default_rng(seed), []
    for number in np.unique(numbers[rows]):
        members = rows[numbers[rows] == number]
        held.append(rng.permutation(members)[: max(1, round(HELD_OUT * len(members)))])
    aside = np.sort(np.concatenate(held))
    return np.setdiff1d(rows, aside), aside


def class_numbers(task: Task, labels: np.ndarray) -> np.ndarray:
    """Place of each label among the task's classes, int (n,); -1 for labels of other tasks."""
    return np.array([task.classes.index(name) if name in task.classes else -1 for name in labels])


def thinned_sizes(most: int, classes: int) -> np.ndarray:
    """Training images by a class's place, the commonest first: halved each time, never below `RAREST` of the first, and the last
    one there: 40, 20, 10, 5, 5.

    Parameters
    ----------
    most : int
        Images of the commonest class.
    classes : int

    Returns
    -------
    numpy.ndarray
        int, (classes,).
    """
    shares = np.maximum(0.5 ** np.arange(classes), RAREST)
    shares[-1] = RAREST
    return np.maximum(LEAST_THINNED, (most * shares).round()).astype(int)


@dataclass(frozen=True)
class ThinnedSets:
    """Training sets as masks over the training images, bool.  As many as there are classes, one after another, are a *rotation*:
    in it each class is once at each place, the order of the classes being drawn anew in each.

    Attributes
    ----------
    thinned : numpy.ndarray
        (rotations * classes, n), classes of `thinned_sizes`.
    even : numpy.ndarray
        (rotations, n), about as many images in all, and of each class equally many.
    whole : numpy.ndarray
        (1, n), of each class as many as a thinned set's commonest class has.
    """

    thinned: np.ndarray
    even: np.ndarray
    whole: np.ndarray


def thinned_sets(numbers: np.ndarray, rotations: int, seed: int = 0) -> ThinnedSets:
    """Thinned training sets, and even ones beside.  Within a rotation a class's small sets are parts of its larger ones.

    Parameters
    ----------
    numbers : numpy.ndarray
        int, (n,), classes of the training images, 0 to the number of classes less 1.
    rotations : int
        How often each class is once at each place.
    seed : int
    """
    rng, found = np.random.default_rng(seed), np.bincount(numbers)
    classes, most = len(found), min(THINNED_FROM, int(found.min()))
    count, members = thinned_sizes(most, classes), [np.flatnonzero(numbers == k) for k in range(classes)]
    orders = [[rng.permutation(rows) for rows in members] for _ in range(rotations)]
    places = [rng.permutation(classes) for _ in range(rotations)]

    def mask(order: list[np.ndarray], taken: np.ndarray) -> np.ndarray:
        return np.isin(
            np.arange(len(numbers)), np.concatenate([rows[:n] for rows, n in zip(order, taken, strict=True)])
        )

    pairs = zip(orders, places, strict=True)
    thinned = [mask(order, count[(place + shift) % classes]) for order, place in pairs for shift in range(classes)]
    alike = np.full(classes, round(count.sum() / classes))
    even = [mask(order, alike) for order in orders]
    return ThinnedSets(np.stack(thinned), np.stack(even), mask(orders[0], np.full(classes, most))[None])
