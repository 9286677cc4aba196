"""Helpers shared by the notebooks: "Deep Facial Diagnosis" (Jin, Cruz, Goncalves, IEEE Access 2020), step by step.

Eight rooms, each of which imports only from those before it: ``core``, ``networks``, ``data``, ``faces``, ``methods``,
``evaluation``, ``figures``, ``run``.  Research and teaching only: nothing here is a medical device.
"""

from facediag_utils.core import memory as _memory
from facediag_utils.core import pin as _pin

_pin.pin()  # before numpy and torch are loaded
_memory.keep()

__version__ = "0.1.0"
