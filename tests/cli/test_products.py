import json
from pathlib import Path

import pytest

from tests.cli.command_line import holo

KETTLE = {
    "sku": "K-1",
    "name": "Kettle",
    "description": "Boils a litre in three minutes.",
    "price": "49.00",
    "currency": "GBP",
    "stock": 3,
    "category": "kitchen",
    "tags": ["tea"],
    "attributes": {"weight": "1.2 kg"},
    "image": None,
}


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    file = tmp_path / "catalogue.json"
    file.write_text(json.dumps([KETTLE]), encoding="utf-8")
    return file


def test_a_new_kiosk_opens_with_the_sample_shop(tmp_path: Path) -> None:
    done = holo("products", "list", "--json", "--data-dir", tmp_path, home=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert len(done.objects) == 24
    assert all({"sku", "name", "price", "currency", "stock"} <= set(product) for product in done.objects)


def test_what_was_imported_is_listed_as_it_was(tmp_path: Path, catalogue: Path) -> None:
    imported = holo("products", "import", catalogue, "--data-dir", tmp_path, home=tmp_path)
    assert (imported.code, imported.out) == (0, "1 added, 0 changed, 0 unchanged\n")
    again = holo("products", "import", catalogue, "--json", "--data-dir", tmp_path, home=tmp_path)
    assert again.object == {"added": [], "changed": [], "unchanged": ["K-1"]}
    listed = holo("products", "list", "--json", "--data-dir", tmp_path, home=tmp_path)
    assert [{key: product[key] for key in KETTLE} for product in listed.objects] == [KETTLE]


def test_a_faulty_catalogue_ends_with_1_row_by_row_and_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "catalogue.json"
    file.write_text(json.dumps([KETTLE, KETTLE | {"sku": "K-2", "price": "cheap"}, KETTLE | {"sku": "", "stock": -1}]))
    done = holo("products", "import", file, "--data-dir", tmp_path, home=tmp_path)
    assert (done.code, done.out) == (1, "")
    assert "'cheap'" in done.err
    assert len(done.err.splitlines()) >= 4
    listed = holo("products", "list", "--json", "--data-dir", tmp_path, home=tmp_path)
    assert "K-1" not in [product["sku"] for product in listed.objects]


@pytest.mark.parametrize("name", ["absent.json", "catalogue.xlsx"])
def test_a_file_that_cannot_be_read_ends_with_1(tmp_path: Path, name: str) -> None:
    done = holo("products", "import", tmp_path / name, "--data-dir", tmp_path, home=tmp_path)
    assert (done.code, done.out) == (1, "")
    assert name in done.err
    assert "Traceback" not in done.err


def test_a_data_folder_that_cannot_be_used_ends_with_1(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = holo("products", "list", "--data-dir", tmp_path / "file", home=tmp_path)
    assert (done.code, done.out) == (1, "")
    assert "holo-app: database" in done.err
