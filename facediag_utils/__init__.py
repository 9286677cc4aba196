"""Helpers shared by the notebooks: "Deep Facial Diagnosis" (Jin, Cruz, Goncalves, IEEE Access 2020), step by step.

Data flows one way: ``paper`` -> ``cohort`` -> ``alignment`` -> ``backbones`` -> ``dtl2`` -> ``results`` ->
``evaluation`` -> ``plots`` -> ``reproduce``.  Research and teaching only: nothing here is a medical device.
"""

__version__ = "0.1.0"
