"""The seams: protocols, their capabilities and events. Standard library and `domain` only.

Each contract is written where it is declared; a suite in tests/contracts/ holds every implementation to it.
"""
