exec(open("/tmp/h/regions/patch1.py").read().split("sub(\"facediag_utils/networks/records.py\"")[0])
sub("facediag_utils/methods/dtl1.py",
("from dataclasses import asdict, dataclass, replace\nfrom pathlib import Path\n","from dataclasses import asdict, dataclass, replace\nfrom pathlib import Path\nfrom typing import Protocol\n"),
('''@dataclass(frozen=True)
class Job:
''','''class Start(Protocol):
    """Where the weights of a training come from, if not from a record: what trains them first, see
    `facediag_utils.methods.people.Identification`."""

    @property
    def title(self) -> str:
        """What they were trained on, as the store calls it."""

    @property
    def key(self) -> str:
        """What they follow from, for the name of a checkpoint."""

    def weights(self) -> dict[str, torch.Tensor]:
        """Of the backbone; trained now if they never were."""


@dataclass(frozen=True)
class Job:
'''),
('''        the temperature of `facediag_utils.methods.trained_model`); nothing is said of the test images.
    """
''','''        the temperature of `facediag_utils.methods.trained_model`); nothing is said of the test images.
    start : Start, optional
        What gives the weights to begin with, in place of the recipe's.
    """
'''),
('''    aside: bool = False

    @property
    def method''','''    aside: bool = False
    start: Start | None = None

    @property
    def method'''),
('''    recipe = replace(recipe, epochs=min(recipe.epochs, int(settings.value(settings.EPOCHS) or recipe.epochs)))
    split''','''    recipe = shortened(recipe)
    split'''),
('''    path = checkpoint_path(cohort.profile.name, job.backbone, digests, task.classes, recipe, seed)
''','''    begun = () if job.start is None else (job.start.key,)
    path = checkpoint_path(cohort.profile.name, job.backbone, digests, (*task.classes, *begun), recipe, seed)
'''),
('''    tuned = fine_tune(job.backbone, pictures, train, seen, classes, plan.recipe, plan.seed, plan.checkpoint)
''','''    start = job.start.weights if job.start else None
    tuned = fine_tune(job.backbone, pictures, train, seen, classes, plan.recipe, plan.seed, plan.checkpoint, start)
'''),
('''    pretraining = record.pretraining if job.recipe.pretrained else "none"
''','''    pretraining = job.start.title if job.start else record.pretraining if job.recipe.pretrained else "none"
'''),
('''    weights, given = registry.get(backbone).checksum(), sorted(asdict(recipe).items())
''','''    weights = registry.get(backbone).checksum() if recipe.pretrained else ""
    given = sorted(asdict(recipe).items())
'''),
('''def folder(profile: str)''','''def shortened(recipe: Recipe) -> Recipe:
    """A recipe with no more epochs than ``FACEDIAG_EPOCHS`` allows."""
    return replace(recipe, epochs=min(recipe.epochs, int(settings.value(settings.EPOCHS) or recipe.epochs)))


def folder(profile: str)'''),
)
sub("facediag_utils/data/store.py",
('''    DSIFT_CHI2 = "DSIFT + SVM chi2"
''','''    DSIFT_CHI2 = "DSIFT + SVM chi2"
    DEEPGESTALT = "DeepGestalt's recipe"  # a network a region of the face, or their mean (notebook 10)
    DEEPGESTALT_PRETRAINED = "DeepGestalt's recipe, pretrained on people"
    LOGISTIC = "Features + logistic regression"  # likewise
'''),
('''        return self in (Method.DTL1, Method.DTL1_TEST_EPOCH, Method.FROM_SCRATCH)
''','''        return self in (Method.DTL1, Method.DTL1_TEST_EPOCH, Method.FROM_SCRATCH) or "DeepGestalt" in self.value

    @property
    def neighbour(self) -> bool:
        """Whether it is of a neighbouring system (notebooks 10 to 12) and in none of the paper's tables."""
        return self in (Method.DEEPGESTALT, Method.DEEPGESTALT_PRETRAINED, Method.LOGISTIC)
'''),
('''            old = load(profile, store)
''','''            old = load(profile, store, neighbours=True)
'''),
('''def load(profile: Profile, store: str = TEST) -> pd.DataFrame:
    """All predictions of a profile's store.

    Raises
''','''def load(profile: Profile, store: str = TEST, neighbours: bool = False) -> pd.DataFrame:
    """The predictions of a profile's store.

    Parameters
    ----------
    profile : Profile
    store : str
        `TEST` or `OUT_OF_FOLD`.
    neighbours : bool
        Those of neighbouring systems too, which are compared in notebooks of their own.

    Raises
'''),
('''    return table


def from_scores''','''    return table if neighbours else table[~table["method"].isin([m.value for m in Method if m.neighbour])]


def from_scores'''),
)
sub("facediag_utils/evaluation/metrics.py",
('''    Method.DTL2: FEATURES_AND_SVM,
}
''','''    Method.DTL2: FEATURES_AND_SVM,
    Method.DEEPGESTALT: "DeepGestalt's recipe",
    Method.DEEPGESTALT_PRETRAINED: "DeepGestalt's recipe, pretrained on people",
    Method.LOGISTIC: "features and logistic regression",
}
#: Whose network begins with random weights, whatever its record says of pretraining.
UNTRAINED = (Method.FROM_SCRATCH, Method.DEEPGESTALT, Method.DEEPGESTALT_PRETRAINED)
'''),
('''    pretraining = "N" if method == Method.FROM_SCRATCH else record.pretraining
''','''    pretraining = "N" if method in UNTRAINED else record.pretraining
'''),
('''    return f"{method}, {record.title}" + ("" if method == Method.FROM_SCRATCH else f", {record.pretraining}")
''','''    return f"{method}, {record.title}" + ("" if method in UNTRAINED else f", {record.pretraining}")
'''),
)
