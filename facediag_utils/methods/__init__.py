"""Aligned faces or their features become predictions, and a trained model that one can keep and ask."""
