"""A catalogue file becomes products, or a list of everything that is wrong with it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from holo_app.domain.money import Money
from holo_app.domain.product import Product
from holo_app.errors import InputError, StorageError
from holo_app.knowledge.catalogue_file import COLUMNS
from holo_app.knowledge.catalogue_import import import_catalogue, to_csv_form, to_json_form
from holo_app.knowledge.catalogue_rows import read_catalogue
from holo_app.knowledge.sample_shop import seed_sample_shop
from holo_app.ports.repositories import Store
from holo_app.storage.store import memory_store

KETTLE: dict[str, Any] = {
    "sku": "K-1",
    "name": "Kettle",
    "description": "It boils water.",
    "price": "149.00",
    "currency": "GBP",
    "stock": 12,
    "category": "Kitchen",
    "tags": ["tea", "gift"],
    "attributes": {"weight": "2.3 kg", "colour": "blue"},
    "image": None,
    "names": {"de": "Wasserkocher"},
}
THE_KETTLE = Product(
    sku="K-1",
    name="Kettle",
    description="It boils water.",
    price=Money(14_900, "GBP"),
    stock=12,
    category="Kitchen",
    tags=("tea", "gift"),
    attributes={"weight": "2.3 kg", "colour": "blue"},
    names={"de": "Wasserkocher"},
)
PNG = b"\x89PNG\r\n\x1a\n" + b"pixels"


@pytest.fixture
def store() -> Iterator[Store]:
    with closing(memory_store()) as made:
        yield made


def as_json(folder: Path, *rows: object) -> Path:
    path = folder / "catalogue.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    return path


def as_csv(folder: Path, text: str, *, encoding: str = "utf-8") -> Path:
    path = folder / "catalogue.csv"
    path.write_bytes(text.encode(encoding))
    return path


def problems_of(path: Path) -> tuple[str, ...]:
    with pytest.raises(InputError) as caught:
        read_catalogue(path)
    return caught.value.problems


def stock_of(store: Store) -> dict[str, int | None]:
    with store.transaction() as work:
        return {product.sku: product.stock for product in work.products.all()}


def test_json_is_read(tmp_path: Path) -> None:
    assert read_catalogue(as_json(tmp_path, KETTLE)) == [THE_KETTLE]


def test_only_what_identifies_and_prices_a_product_is_needed(tmp_path: Path) -> None:
    rows = [
        {"sku": "K-2", "name": "Cup", "price": "3", "currency": "JPY"},
        {"sku": "K-3", "name": "Pot", "price": None, "currency": None, "stock": None, "tags": None, "attributes": None},
    ]
    assert read_catalogue(as_json(tmp_path, *rows)) == [
        Product(sku="K-2", name="Cup", description="", price=Money(3, "JPY"), stock=None),
        Product(sku="K-3", name="Pot", description="", price=None, stock=None),
    ]


@pytest.mark.parametrize(
    ("price", "minor"), [("149.00", 14_900), ("0", 0), ("12.5", 1_250), (149, 14_900), (64.95, 6_495), (0.1, 10)]
)
def test_prices_are_exact(tmp_path: Path, price: object, minor: int) -> None:
    (product,) = read_catalogue(as_json(tmp_path, KETTLE | {"price": price}))
    assert product.price == Money(minor, "GBP")


@pytest.mark.parametrize("separator", [",", ";"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_csv_of_any_spreadsheet_is_read(tmp_path: Path, separator: str, encoding: str, line_end: str) -> None:
    lines = [
        [
            "SKU",
            " Name ",
            "description",
            "price",
            "currency",
            "stock",
            "category",
            "tags",
            "attributes",
            "image",
            "names",
        ],
        [
            "K-1",
            "Kettle",
            '"It boils water."',
            "149.00",
            "GBP",
            "12",
            "Kitchen",
            '"tea; gift"',
            '"weight=2.3 kg; colour=blue"',
            "",
            "de=Wasserkocher",
        ],
        [],
        ["K-4", "Größe, “groß”".join('""'), "", "", "", "", "", "", "", "", ""],
    ]
    text = line_end.join(separator.join(line) for line in lines)
    assert read_catalogue(as_csv(tmp_path, text, encoding=encoding)) == [
        THE_KETTLE,
        Product(sku="K-4", name="Größe, “groß”", description="", price=None, stock=None),
    ]


def test_csv_guards_its_separators(tmp_path: Path) -> None:
    text = 'sku,name,price,currency,tags,attributes\nK-1,Kettle,,,"a\\; b; c","fit=wide\\; long; a\\=b=c=d"\n'
    (product,) = read_catalogue(as_csv(tmp_path, text))
    assert product.tags == ("a; b", "c")
    assert product.attributes == {"fit": "wide; long", "a=b": "c=d"}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"sku": ""}, "row 1, sku: is empty; every product needs a sku"),
        ({"sku": 7}, "row 1, sku: 7 is not text"),
        ({"sku": "K" * 65}, "at most 64 are allowed"),
        ({"name": None}, "row 1, name: is empty; every product needs a name"),
        ({"name": " "}, "row 1, name: is empty"),
        ({"name": "Ket\u0000tle"}, "control characters"),
        ({"name": "Ket\ud800tle"}, "broken ones"),
        ({"price": "12,50"}, "row 1, price: '12,50' is not a price; write 0 or more, with a point, such as 149.00"),
        ({"price": "-1"}, "row 1, price: '-1' is not a price"),
        ({"price": "1e3"}, "'1e3' is not a price"),
        ({"price": "£10"}, "'£10' is not a price"),
        ({"price": True}, "True is not a price"),
        ({"price": "9" * 13}, "is not a price"),
        ({"price": "1.999"}, "row 1, price: price '1.999' has more decimals than GBP (2)"),
        ({"currency": "gbp"}, "row 1, currency: 'gbp' is not an ISO 4217 code such as GBP or EUR, in capitals"),
        ({"currency": "GBB"}, "row 1, currency: 'GBB' is not an ISO 4217 code"),
        ({"currency": 1}, "row 1, currency: 1 is not an ISO 4217 code"),
        ({"currency": None}, "row 1, currency: is empty; a price needs its currency, such as GBP"),
        (
            {"stock": -1},
            "row 1, stock: -1 is not a count; write 0 or more pieces, or nothing where they are not counted",
        ),
        ({"stock": 1.5}, "row 1, stock: 1.5 is not a count"),
        ({"stock": "many"}, "row 1, stock: 'many' is not a count"),
        ({"stock": True}, "row 1, stock: True is not a count"),
        ({"stock": 10**12}, "is not a count"),
        ({"tags": "tea"}, "row 1, tags: 'tea' is not a list of texts"),
        ({"tags": ["tea", 5]}, "row 1, tags: 5 is not text"),
        ({"attributes": ["weight"]}, "row 1, attributes: ['weight'] is not a list of names with their values"),
        ({"attributes": {"weight": None}}, "row 1, attributes 'weight': None is not text"),
        ({"attributes": {"": "x"}}, "needs a name and a value"),
        ({"attributes": {"a": "x", " a": "y"}}, "row 1, attributes: ' a' appears twice"),
        ({"names": {"Deutsch": "Kessel"}}, "row 1, names: 'Deutsch' is not a language code such as de or fr"),
        ({"image": "missing.png"}, "row 1, image: 'missing.png' cannot be read (No such file or directory)"),
        ({"image": "catalogue.json"}, "allowed are .svg, .png, .jpg, .jpeg"),
        ({"image": "text.png"}, "does not hold a picture of the kind .png"),
        ({"colour": "blue"}, "row 1: column 'colour' is not known; known are sku, name, description, price"),
    ],
)
def test_each_fault_is_named_by_row_column_value_and_what_is_allowed(
    tmp_path: Path, change: dict[str, object], problem: str
) -> None:
    (tmp_path / "text.png").write_text("not a picture")
    (found,) = problems_of(as_json(tmp_path, KETTLE | change))
    assert problem in found


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    rows: list[object] = [
        KETTLE,
        KETTLE | {"name": ""},
        {"sku": "K-2"},
        "no object",
        KETTLE | {"sku": "K-5", "price": "x", "stock": -2},
    ]
    with pytest.raises(InputError) as caught:
        read_catalogue(as_json(tmp_path, *rows))
    assert caught.value.summary == "catalogue.json: nothing was imported, 8 things to put right:"
    assert caught.value.problems == (
        "row 2, name: is empty; every product needs a name",
        "row 2, sku: 'K-1' is already in row 1; each product has its own",
        "row 3: column name is missing",
        "row 3: column price is missing",
        "row 3: column currency is missing",
        "row 4: 'no object' is not an object with the columns of a product",
        "row 5, price: 'x' is not a price; write 0 or more, with a point, such as 149.00",
        "row 5, stock: -2 is not a count; write 0 or more pieces, or nothing where they are not counted",
    )


def test_csv_rows_are_counted_as_a_spreadsheet_does(tmp_path: Path) -> None:
    text = 'sku,name,price,currency,attributes\nA,"two\nlines",1,GBP,\n\nB,Cup,1,GBP\nC,Pot,1,GBP,weight\nD,,1,GBP,a=1;a=2\n'
    assert problems_of(as_csv(tmp_path, text)) == (
        "row 4: 4 cells, but the header has 5; put a text that contains the separator in double quotes",
        "row 5: attributes: 'weight' has no value; write key=value; key=value",
        "row 6: attributes: 'a' appears twice",
        "row 6, name: is empty; every product needs a name",
    )


@pytest.mark.parametrize(
    ("name", "content", "summary"),
    [
        ("shop.xlsx", b"PK", "the name must end in .json or .csv"),
        ("shop.json", b"", "this is not JSON"),
        ("shop.json", b"[{]", "this is not JSON"),
        ("shop.json", b"{}", "must hold a list of products"),
        ("shop.json", b"[]", "the file holds no products"),
        ("shop.json", b'[{"stock": NaN}]', "NaN is not a number"),
        ("shop.json", b'[{"sku": "a", "sku": "b"}]', "the key 'sku' appears twice"),
        ("shop.json", b"[" * 100_000, "this is not JSON"),
        ("shop.csv", b"", "the file holds no products"),
        ("shop.csv", b"sku,name,price,currency\n", "the file holds no products"),
        ("shop.csv", b'sku,name,price,currency\nA,"open', "line 2 is not CSV"),
        ("shop.csv", b"sku,name,price,currency\nA,B,1,GBP\nG,Gr\xf6\xdfe,1,GBP\n", "line 3 is not UTF-8 text"),
        ("missing.csv", None, "No such file"),
    ],
)
def test_unreadable_file_is_explained(tmp_path: Path, name: str, content: bytes | None, summary: str) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_catalogue(path)
    assert name in caught.value.summary
    assert summary in caught.value.summary


def test_csv_header_faults_are_explained(tmp_path: Path) -> None:
    assert problems_of(as_csv(tmp_path, "sku,title,price,price\nA,B,1,2\n")) == (
        f"column 'title' is not known; known are {', '.join(COLUMNS)}",
        "column price appears twice",
        "column name is missing",
        "column currency is missing",
    )


def test_import_adds_changes_and_leaves_alone(tmp_path: Path, store: Store) -> None:
    cup, pot = KETTLE | {"sku": "C-1", "name": "Cup"}, KETTLE | {"sku": "P-1", "name": "Pot"}
    first = import_catalogue(store, as_json(tmp_path, KETTLE, cup), data_dir=tmp_path)
    assert (first.added, first.changed, first.unchanged) == (("K-1", "C-1"), (), ())
    version = store.catalogue_version()
    second = import_catalogue(store, as_json(tmp_path, pot, cup | {"stock": 3}), data_dir=tmp_path)
    assert (second.added, second.changed, second.unchanged) == (("P-1",), ("C-1",), ())
    assert stock_of(store) == {"C-1": 3, "K-1": 12, "P-1": 12}
    assert store.catalogue_version() > version


def test_importing_the_same_again_changes_nothing(tmp_path: Path, store: Store) -> None:
    path = as_json(tmp_path, KETTLE)
    import_catalogue(store, path, data_dir=tmp_path)
    version = store.catalogue_version()
    report = import_catalogue(store, path, data_dir=tmp_path)
    assert (report.added, report.changed, report.unchanged) == ((), (), ("K-1",))
    assert store.catalogue_version() == version, "retrieval need not start over"


def test_one_fault_and_nothing_is_imported(tmp_path: Path, store: Store) -> None:
    import_catalogue(store, as_json(tmp_path, KETTLE), data_dir=tmp_path)
    (tmp_path / "cup.png").write_bytes(PNG)
    cup = KETTLE | {"sku": "C-1", "image": "cup.png"}
    with pytest.raises(InputError):
        import_catalogue(store, as_json(tmp_path, KETTLE | {"stock": 1}, cup, KETTLE | {"sku": ""}), data_dir=tmp_path)
    assert stock_of(store) == {"K-1": 12}
    assert not (tmp_path / "pictures").exists()


def test_pictures_are_copied_replaced_and_tidied_up(tmp_path: Path, store: Store) -> None:
    source, data_dir = tmp_path / "from", tmp_path / "data"
    (source / "img").mkdir(parents=True)
    picture = source / "img" / "kettle.PNG"
    row = KETTLE | {"sku": "../K 1", "image": "img/kettle.PNG"}

    def kept() -> tuple[str | None, list[bytes]]:
        import_catalogue(store, as_json(source, row), data_dir=data_dir)
        with store.transaction() as work:
            (product,) = work.products.all()
        return product.image, [file.read_bytes() for file in (data_dir / "pictures").iterdir()]

    picture.write_bytes(PNG + b"1")
    image, files = kept()
    assert image is not None
    assert image.startswith("pictures/-K-1.")
    assert image.endswith(".png")
    assert (data_dir / image).read_bytes() == PNG + b"1"
    assert kept() == (image, files), "the same picture again is the same file"
    picture.write_bytes(PNG + b"2")
    newer, files = kept()
    assert newer != image
    assert files == [PNG + b"2"]


def test_picture_that_cannot_be_kept_is_a_storage_error(tmp_path: Path, store: Store) -> None:
    (tmp_path / "kettle.png").write_bytes(PNG)
    (tmp_path / "pictures").write_text("a file where the folder should be")
    with pytest.raises(StorageError, match=r"picture kettle\.png could not be copied"):
        import_catalogue(store, as_json(tmp_path, KETTLE | {"image": "kettle.png"}), data_dir=tmp_path)
    assert stock_of(store) == {}


def test_own_shop_keeps_the_sample_out(tmp_path: Path, store: Store) -> None:
    import_catalogue(store, as_json(tmp_path, KETTLE), data_dir=tmp_path)
    assert not seed_sample_shop(store)
    assert stock_of(store) == {"K-1": 12}
    with store.transaction() as work:
        assert work.facts.all() == [], "the hours of an invented shop are not those of this one"
        assert [character.id for character in work.characters.all()] == ["juno", "robin"]


# what survives a cell: surrounding blanks do not, and neither do characters that cannot be read out
readable = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from(';=\\,"\n\t'), min_size=1, max_size=30
).map(str.strip)
words = readable.filter(bool)
catalogues = st.lists(
    st.builds(
        Product,
        sku=words,
        name=words,
        description=st.just("") | words,
        price=st.none()
        | st.builds(Money, st.integers(min_value=0, max_value=10**11), st.sampled_from(["GBP", "JPY", "KWD"])),
        stock=st.none() | st.integers(min_value=0, max_value=10**9),
        category=st.just("") | words,
        tags=st.lists(words, max_size=4).map(tuple),
        attributes=st.dictionaries(words, words, max_size=4),
        names=st.dictionaries(st.sampled_from(["en", "de", "fr"]), words),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda product: product.sku,
)


def write_json(products: list[Product]) -> bytes:
    return json.dumps([to_json_form(product) for product in products]).encode()


def write_csv(products: list[Product]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(to_csv_form(product) for product in products)
    return text.getvalue().encode()


@pytest.mark.parametrize(("name", "write"), [("c.json", write_json), ("c.csv", write_csv)])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80, deadline=None)
@given(products=catalogues)
def test_what_is_written_is_read_back(
    tmp_path: Path, name: str, write: Callable[[list[Product]], bytes], products: list[Product]
) -> None:
    path = tmp_path / name
    path.write_bytes(write(products))
    assert read_catalogue(path) == products


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(COLUMNS) | st.text(max_size=5), inner),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80, deadline=None)
@given(content=st.lists(st.dictionaries(st.sampled_from(COLUMNS), json_values)) | json_values)
def test_any_json_is_read_or_explained(tmp_path: Path, content: object) -> None:
    path = tmp_path / "any.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    read_or_explained(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80, deadline=None)
@given(body=st.binary(max_size=200) | st.text(st.sampled_from('ab1;,="\\\n \r'), max_size=80).map(str.encode))
def test_any_bytes_are_read_or_explained(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes(b"sku,name,price,currency,stock,tags,attributes\n" + body)
    read_or_explained(path)


def read_or_explained(path: Path) -> None:
    # an InputError is the explanation; anything else that is raised fails the test
    with suppress(InputError):
        assert all(product.sku and product.name for product in read_catalogue(path))
