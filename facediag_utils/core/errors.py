"""What can go wrong, in the words of the person who has to mend it."""


class FacediagError(Exception):
    """Base of all errors raised on purpose; the message says what is wrong, where, and what to do."""


class CohortError(FacediagError):
    """A data folder or manifest that cannot be used as it is."""


class ImageError(FacediagError):
    """A file that is not a readable picture; ``kind`` is what many such files have in common, ``reason`` what is special."""

    def __init__(self, message: str, kind: str = "", reason: str = "") -> None:
        super().__init__(message)
        self.kind, self.reason = kind, reason


class WeightsError(FacediagError):
    """Pretrained weights that are missing, altered or not of the expected form."""


class TrainingError(FacediagError):
    """Training that cannot go on: the loss is no longer a number."""


class ResultsError(FacediagError):
    """Stored predictions that are missing or do not fit together."""


class NothingYetError(ResultsError):
    """Predictions or figures that no notebook has made yet: a run of some notebooks ends without a report."""


class ReproduceError(FacediagError):
    """A notebook that did not run to its end."""


class ClusterError(FacediagError):
    """A Dask cluster that was named and does not answer."""


class ModelError(FacediagError):
    """A saved model that is missing, damaged, or not of this package."""


class ExplanationError(FacediagError):
    """A heat map that this network, or a score that this data, cannot give."""


class AppError(FacediagError):
    """Something that the page of ``make app`` must not, or cannot, do."""
