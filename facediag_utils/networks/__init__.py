"""Pretrained networks: a name in the registry becomes a torch module that gives features."""
