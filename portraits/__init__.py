"""Generator of the rendered cohort in ``data/bundled``.

Data flow: ``assets`` (CC0 base mesh and morphs) -> ``person`` + ``phenotypes`` (who) -> ``photograph`` (how it
was taken) -> ``skin``, ``hair`` (surface) -> ``scene`` (Mitsuba) -> ``develop`` (camera and JPEG) -> ``cohort``
(Table 2, split, manifest).  Nothing in ``facediag_utils`` imports this package.
"""
