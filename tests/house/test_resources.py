"""Bundled files are found, and a model that is missing or altered is named."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path

import pytest

from holo_app import resources
from holo_app.errors import ModelFileError
from holo_app.resources import MakerAddress, PackageMember

from .checkout import ROOT

NAMES = {"silero-vad", "smart-turn", "moonshine-tiny-en", "sentence-encoder", "piper-joe"}
OPTIONAL = {"whisper-tiny-en": "whisper", "kokoro-82m": "kokoro", "qwen2.5-coder-1.5b-instruct": "local-llm"}
# what a shop may run on its own machine without asking anybody
LICENCES = {"MIT", "BSD-2-Clause", "Apache-2.0", "CC0-1.0"}


def test_the_manifest_promises_size_hash_licence_and_sources_of_each_file() -> None:
    assert {model.name for model in resources.models() if not model.optional} == NAMES
    assert {model.name: model.extra for model in resources.models() if model.optional} == OPTIONAL
    for model in resources.models():
        assert model.licence in LICENCES
        assert model.files
        for file in model.files:
            assert file.size > 0
            assert len(bytes.fromhex(file.sha256)) == hashlib.sha256().digest_size
            assert any(isinstance(source, PackageMember) for source in file.sources)


def test_addresses_of_makers_are_secure_and_come_last() -> None:
    for file in (file for model in resources.models() for file in model.files):
        makers = [isinstance(source, MakerAddress) for source in file.sources]
        assert makers == sorted(makers)
        assert all(source.url.startswith("https://") for source in file.sources if isinstance(source, MakerAddress))


def test_what_runs_an_optional_model_is_an_extra() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert set(OPTIONAL.values()) <= set(extras)


def test_an_optional_model_counts_once_it_is_there(elsewhere: Path) -> None:
    assert {model.name for model in resources.models_in_use()} == NAMES
    put(elsewhere, "kokoro-82m", "vocab.json", 1155)
    assert {model.name for model in resources.models_in_use()} == {*NAMES, "kokoro-82m"}


def test_an_unknown_name_is_a_bug_and_not_a_missing_model() -> None:
    with pytest.raises(LookupError, match="no model 'nose'"):
        resources.model_file("nose", "nose.onnx")
    with pytest.raises(LookupError, match=r"no file 'nose\.onnx' in model silero-vad"):
        resources.model_file("silero-vad", "nose.onnx")


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A models folder of an operator's choice, empty."""
    monkeypatch.setenv(resources.MODELS_DIR_VARIABLE, str(tmp_path))
    return tmp_path


def put(folder: Path, model: str, file: str, size: int) -> Path:
    path = folder / model / file
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        stream.truncate(size)
    return path


def test_a_missing_file_names_its_model_and_how_to_get_it(elsewhere: Path) -> None:
    with pytest.raises(ModelFileError) as caught:
        resources.model_file("piper-joe", "en_US-joe-medium.onnx")
    assert caught.value.model == "piper-joe"
    assert str(caught.value).startswith("model piper-joe: en_US-joe-medium.onnx is missing from ")
    assert "bash packaging/bootstrap.sh models piper-joe" in str(caught.value)


def test_a_file_cut_short_names_its_model(elsewhere: Path) -> None:
    put(elsewhere, "silero-vad", "silero_vad.onnx", 7)
    with pytest.raises(ModelFileError, match=r"silero_vad\.onnx has 7 bytes instead of 2327524"):
        resources.model_file("silero-vad", "silero_vad.onnx")


def test_a_file_of_the_right_size_is_found_where_the_operator_put_it(elsewhere: Path) -> None:
    path = put(elsewhere, "silero-vad", "silero_vad.onnx", resources.model("silero-vad").files[0].size)
    assert resources.model_file("silero-vad", "silero_vad.onnx") == path
    assert resources.model_folder("silero-vad") == path.parent


def test_verification_reads_the_bytes(elsewhere: Path) -> None:
    put(elsewhere, "silero-vad", "silero_vad.onnx", resources.model("silero-vad").files[0].size)
    with pytest.raises(ModelFileError, match=r"model silero-vad: silero_vad\.onnx was altered"):
        resources.verify_model("silero-vad")


def test_a_folder_with_one_of_its_files_missing_will_not_do(elsewhere: Path) -> None:
    put(elsewhere, "sentence-encoder", "sp.model", resources.model("sentence-encoder").file("sp.model").size)
    with pytest.raises(ModelFileError, match=r"weights\.npz is missing"):
        resources.model_folder("sentence-encoder")


@pytest.mark.models
@pytest.mark.parametrize("model", sorted(NAMES))
def test_the_fetched_models_are_what_the_manifest_promises(model: str) -> None:
    resources.verify_model(model)


def test_resources_are_found_in_a_checkout() -> None:
    assert resources.resource("models", "manifest.toml").is_file()
    assert resources.models_dir() == resources.resource("models")
