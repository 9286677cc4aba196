"""Generator of the rendered cohort in ``data/bundled``.

Data flow: ``plan`` (who is in which set) -> ``person`` + ``phenotypes`` (who) and ``photograph`` (how it was taken) -> ``pose``
(the mesh, from ``assets``, without and with signs) -> ``skin``, ``hair``, ``clothes`` ... -> ``scene`` (Cycles) -> ``develop``
(camera and JPEG) -> ``rendering`` (files).  Nothing in ``facediag_utils`` imports this package.
"""
