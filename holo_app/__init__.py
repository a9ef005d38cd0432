"""Holo: a talking hologram kiosk for shops."""

import os

# The sentence encoder's matrices are small: more threads than one only spin beside the speech models, and on a busy machine a
# question then takes 35 ms instead of 5. It must stand before numpy is loaded for the first time.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"
