"""`products import`, `list` and `feature`."""

# ruff: noqa: PLC0415 - `--help` must not load the database

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from holo_app.cli.output import print_json, print_line
from holo_app.cli.session import command

if TYPE_CHECKING:
    from holo_app.config import Settings
    from holo_app.domain.product import Product

app = typer.Typer(
    help="The shop's catalogue.", no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False
)


def import_(
    settings: Settings,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A catalogue: .json or .csv.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Add or replace products, by SKU: all of the file, or nothing of it."""
    from holo_app.bootstrap.catalogue import import_products

    report = import_products(settings, file)
    done = {"added": report.added, "changed": report.changed, "unchanged": report.unchanged}
    if as_json:
        print_json({what: list(skus) for what, skus in done.items()})
    else:
        print_line(", ".join(f"{len(skus)} {what}" for what, skus in done.items()))


def list_(
    settings: Settings,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per product, as import takes it.")] = False,
) -> None:
    """Show what the shop sells."""
    from holo_app.bootstrap.catalogue import list_products, product_form

    for product in list_products(settings):
        if as_json:
            print_json(product_form(product))
        else:
            print_line(_row(product))


def feature(
    settings: Settings,
    sku: Annotated[str, typer.Argument(metavar="SKU", help="The product, or none.", show_default=False)],
) -> None:
    """Choose the product on the screen before anyone asks; "this one" means it then."""
    from holo_app.bootstrap.catalogue import feature_product

    feature_product(settings, "" if sku == "none" else sku)


def _row(product: Product) -> str:
    price = "-" if product.price is None else f"{product.price.major:f} {product.price.currency}"
    stock = "-" if product.stock is None else str(product.stock)
    return f"{product.sku:<14} {price:>14} {stock:>6}  {product.name}"


app.command("import")(command(import_))
app.command("list")(command(list_))
app.command("feature")(command(feature))
