"""The page of ``make app``: pictures, a training, a question, in a browser on one's own machine, by the code of ``run``."""
