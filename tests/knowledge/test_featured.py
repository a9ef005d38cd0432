"""The product on the screen before anyone asks."""

from __future__ import annotations

import pytest

from holo_app.errors import InputError
from holo_app.knowledge.featured import feature, featured_product
from holo_app.knowledge.sample_shop import seed_sample_shop
from tests.fakes.store import FakeStore


def test_the_sample_shop_features_a_product_and_staff_may_change_it() -> None:
    store = FakeStore()
    assert featured_product(store) is None
    seed_sample_shop(store)
    first = featured_product(store)
    assert first is not None
    assert first.sku == "P-001"
    with store.transaction() as work:
        feature(work, "P-017")
    changed = featured_product(store)
    assert changed is not None
    assert changed.sku == "P-017"
    with store.transaction() as work:
        work.products.delete("P-017")
    assert featured_product(store) is None


def test_none_may_be_featured_but_not_what_is_not_sold() -> None:
    store = FakeStore()
    seed_sample_shop(store)
    with store.transaction() as work:
        feature(work, "")
    assert featured_product(store) is None
    with pytest.raises(InputError, match="P-999"), store.transaction() as work:
        feature(work, "P-999")
