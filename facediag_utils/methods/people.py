"""Pretraining in small: a network learns to tell people apart before it learns diseases (as DeepGestalt's on CASIA-WebFace).

Everyone who is never tested takes part: the training people of a rendered cohort, and the people beside it who have no signs."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from facediag_utils.core import row_cache
from facediag_utils.core.errors import CohortError
from facediag_utils.core.files import file_lock
from facediag_utils.data.cohort import Cohort
from facediag_utils.data.ground_truth import companion
from facediag_utils.faces import detection
from facediag_utils.faces.alignment import aligned_chips
from facediag_utils.faces.detection import Faces
from facediag_utils.methods import dtl1
from facediag_utils.methods.dtl2 import features_of, in_batches
from facediag_utils.methods.recipe import Recipe, Tuned
from facediag_utils.methods.trained_model import state_digest
from facediag_utils.methods.training import Classifier, fine_tune
from facediag_utils.networks import registry


def never_tested(cohort: Cohort) -> tuple[Cohort, Faces]:
    """The training people of a rendered cohort and its ``identities``, a class per person.

    Returns
    -------
    Cohort
        Of each person the first photograph is in "train", further ones are in "test".
    Faces
        Of the same photographs, by their true landmarks.

    Raises
    ------
    CohortError
        If one of them is also among the cohort's test people.
    """
    parts = [cohort.part("train"), companion(cohort, "identities")]
    table = pd.concat([part.table for part in parts], ignore_index=True)
    both = set(table["subject"]) & set(cohort.part("test").table["subject"])
    if both:
        raise CohortError(f"{cohort.profile.data}: {len(both)} test people are in identities/ too: {sorted(both)[:5]}")
    person = table["subject"].astype(str)
    split = np.where(person.duplicated(), "test", "train")
    faces = [detection.true_faces(part) for part in parts]
    both_faces = {name: np.concatenate([getattr(one, name) for one in faces]) for name in vars(faces[0])}
    people = Cohort(cohort.profile, tuple(sorted(set(person))), table.assign(label=person, split=split))
    return people, Faces(**both_faces)


@dataclass(frozen=True, eq=False)
class Identification:
    """A network that is trained to tell the people of a cohort apart, to begin another training with.

    Attributes
    ----------
    backbone : str
        Name in the registry; it begins with random weights.
    people : Cohort
    faces : Faces
        As `never_tested` gives both.
    recipe : Recipe
    seed : int
    """

    backbone: str
    people: Cohort
    faces: Faces
    recipe: Recipe
    seed: int = 0

    @property
    def title(self) -> str:
        """What the weights were trained on, as the store calls it."""
        return f"{len(self.people.classes)} rendered people"

    @property
    def key(self) -> str:
        """The name of the training's checkpoint, which follows from all of its settings."""
        return self._checkpoint().stem

    def _checkpoint(self) -> Path:
        table = self.people.table
        content = [*table["sha256"], *table["label"], *table["split"], row_cache.digest(self.faces.landmarks)]
        name = self.people.profile.name
        return dtl1.checkpoint_path(name, self.backbone, content, self.people.classes, self.recipe, self.seed)

    def train(self) -> Tuned:
        """Trained on the first photographs, looked at on the further ones; of a training that has ended, what it came to."""
        record, table = registry.get(self.backbone), self.people.table
        numbers = np.searchsorted(np.array(self.people.classes), table["label"].to_numpy(str))
        first, further = (np.flatnonzero(table["split"] == part) for part in ("train", "test"))

        def pictures() -> np.ndarray:
            return aligned_chips(self.people, self.faces, record.input_size, record.crop)

        with file_lock(self._checkpoint()):  # several trainings may begin with it
            return fine_tune(
                self.backbone,
                pictures,
                (first, numbers[first]),
                (further, numbers[further]),
                len(self.people.classes),
                self.recipe,
                self.seed,
                self._checkpoint(),
            )

    def weights(self) -> dict[str, torch.Tensor]:
        """Of the backbone, averaged over the second half of the training."""
        return self.train().averaged.body.state_dict()


def untrained(start: Identification) -> Classifier:
    """The network as its training begins."""
    generator = torch.Generator().manual_seed(start.seed)
    return Classifier(start.backbone, len(start.people.classes), False, generator).eval()


def embedded(network: Classifier, backbone: str, cohort: Cohort, faces: Faces) -> np.ndarray:
    """Features of all images by a network that was trained here, float32 (n, d), cached; all of them must have a face."""
    record = registry.get(backbone)

    def compute(missing: list[int]) -> Iterator[row_cache.Rows]:
        chips = aligned_chips(cohort, faces, record.input_size, record.crop)
        for part in in_batches(np.array(missing)):
            yield {"features": features_of(network.body, record, record.feature_layer, chips[part])}

    path = row_cache.table_path("embedded", backbone, state_digest(network), row_cache.digest(faces.landmarks))
    return row_cache.complete(path, list(cohort.table["sha256"]), compute)["features"]
