"""Retrieval over the shop's own data, the catalogue import and the answer composer."""
