"""Fitting the picture to the glass before it: what can be nudged, and the pictures that show whether it fits."""
