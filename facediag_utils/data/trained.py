"""What ``facediag train`` has made of a profile: ``runs/<profile>/trained/<network>-<method>/``, a folder per model.

A folder holds the model, its predictions of the test images, what it is (``about.json``), and of a fine-tuning its curves."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd

from facediag_utils.core.errors import ResultsError
from facediag_utils.core.files import write_text
from facediag_utils.core.profiles import Profile
from facediag_utils.data import store
from facediag_utils.data.store import Method

ABOUT = "about.json"
DISCLAIMER = "Research and teaching only; not a medical device. Do not use it to judge, screen or sort anybody."


@dataclass(frozen=True)
class Trained:
    """One trained model of a profile.

    Attributes
    ----------
    folder : Path
        Where it lies.
    backbone : str
    method : Method
        DTL1 or DTL2.
    epochs, planned : int
        Of a fine-tuning: how many it was trained for, and how many it was to be; 0 of an SVM.
    """

    folder: Path
    backbone: str
    method: Method
    epochs: int = 0
    planned: int = 0

    @property
    def stopped(self) -> bool:
        """Whether it was stopped before its end."""
        return self.epochs < self.planned

    @property
    def model(self) -> Path:
        """The file that `facediag_utils.methods.model_io` saves and loads, without its suffix."""
        return self.folder / "model"

    @property
    def curves(self) -> Path:
        """A fine-tuning's curves, for `facediag_utils.methods.training_table`; they grow while it is trained."""
        return self.folder / "curves.csv"

    def format_epochs(self) -> str:
        """Of a fine-tuning how long it was, to stand behind its name."""
        if not self.planned:
            return ""
        return f", stopped after {self.epochs} of {self.planned} epochs" if self.stopped else f", {self.epochs} epochs"

    def predictions(self) -> pd.DataFrame:
        """Of the test images, as `facediag_utils.data.store.read` gives them."""
        return store.read(self.folder / store.TEST)

    def write(self) -> None:
        """Note what it is; the last thing that is written of a model."""
        about = {name: value for name, value in asdict(self).items() if name != "folder"}
        write_text(self.folder / ABOUT, json.dumps(about))


def place(profile: Profile, backbone: str, method: Method) -> Trained:
    """Where a model of this network and method lies, or is to lie."""
    return Trained(profile.trained / f"{backbone.replace(':', '-')}-{method.value}", backbone, method)


def models(profile: Profile) -> list[Trained]:
    """What was trained on a profile, in the order of its names.

    Raises
    ------
    ResultsError
        If what lies there is not of this package.
    """
    found = []
    for path in sorted(profile.trained.glob(f"*/{ABOUT}")):
        try:
            about = json.loads(path.read_text(encoding="utf-8"))
            found.append(Trained(path.parent, **about | {"method": Method(about["method"])}))
        except (ValueError, TypeError, KeyError) as error:
            raise ResultsError(f"{path}: not readable ({error}); remove its folder and train again") from None
    return found
