"""The providers of the fault matrix, one module each, found by their `CASES`."""

from __future__ import annotations

import importlib
import pkgutil

from tests.providers.cases.case import Case


def all_cases() -> list[Case]:
    """Every provider's, by name."""
    modules = [name for _, name, _ in pkgutil.iter_modules(__path__) if name != "case"]
    found = [case for name in modules for case in importlib.import_module(f"{__name__}.{name}").CASES]
    return sorted(found, key=lambda case: case.name)
