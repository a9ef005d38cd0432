"""Are the speech models there, and are they the right ones?"""

from __future__ import annotations

from holo_app import resources
from holo_app.errors import ModelFileError
from holo_app.ops.diagnoses import MODEL_BROKEN, MODEL_OK
from holo_app.ops.doctor import Finding


def check_models() -> list[Finding]:
    """One finding per model of the manifest, optional ones only where they are there; every byte is read."""
    return [_check(model) for model in resources.models_in_use()]


def _check(model: resources.Model) -> Finding:
    try:
        resources.verify_model(model.name)
    except ModelFileError as error:
        return Finding(MODEL_BROKEN, f"{model.name} ({model.title}): {error.problem}")
    return Finding(MODEL_OK, f"{model.name} {model.version} ({model.title}) is there and unaltered")
