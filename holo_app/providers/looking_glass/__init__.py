"""Looking Glass panels: the calibration that each one carries, from its own drive or from the vendor's Bridge."""
