"""Architectures as torch modules; each class has ``features(x, layer)`` and ``fill(path)``."""
