"""Helpers shared by the notebooks: "Deep Facial Diagnosis" (Jin, Cruz, Goncalves, IEEE Access 2020), step by step.

Eight rooms, each of which imports only from those before it: ``core``, ``networks``, ``data``, ``faces``, ``methods``,
``evaluation``, ``figures``, ``run``.  Research and teaching only: nothing here is a medical device.
"""

from facediag_utils.core.pin import pin as _pin

_pin()  # before numpy and torch are loaded

__version__ = "0.1.0"
