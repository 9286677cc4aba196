"""The reader study's page in a notebook: a picture, the classes, how sure, next."""

from typing import Any

from facediag_utils.data.cohort import Cohort
from facediag_utils.evaluation.reader_study import CONFIDENCE, Study
from facediag_utils.figures.sliders import live
from facediag_utils.figures.style import class_title


def panel(study: Study, cohort: Cohort) -> Any:
    """A widget that shows the next image and stores each answer at the click.

    Parameters
    ----------
    study : Study
        As `facediag_utils.evaluation.reader_study.study` gives it.
    cohort : Cohort
        Whose images are shown; labels and file names are not.
    """
    import ipywidgets as widgets

    paths = cohort.table.set_index("image")["path"]
    picture = widgets.Image(format="jpg", width=320)
    choice = widgets.ToggleButtons(options=[(class_title(name), name) for name in study.task.classes])
    wide = {"description_width": "initial"}
    sure = widgets.SelectionSlider(options=CONFIDENCE, value=3, description="sure? (1 guess, 5 sure)", style=wide)
    button = widgets.Button(description="Store, next", button_style="primary")
    state = widgets.Label()

    def show() -> None:
        image, done = study.next(), len(study.answers)
        state.value = f"{done} of {len(study.order)} read; answers in {study.path.name}"
        button.disabled = image is None
        if image is not None:
            picture.value = paths[image].read_bytes()

    def store(_: Any) -> None:
        image = study.next()
        if image is not None:
            study.answer(image, choice.value, sure.value)
            show()

    button.on_click(store)
    show()
    return widgets.VBox([picture, choice, sure, button, state])


def show(study: Study, cohort: Cohort) -> None:
    """`panel` where somebody looks at the notebook, nothing elsewhere; parameters as there."""
    if live():
        from IPython.display import display

        display(panel(study, cohort))
