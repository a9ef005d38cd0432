"""Displays that show each eye another view: quilts, and the lens in front of the panel."""
