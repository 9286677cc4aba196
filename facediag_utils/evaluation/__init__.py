"""Predictions become numbers with intervals, and verdicts on the paper's claims."""
