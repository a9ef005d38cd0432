"""What every Store promises, whatever keeps the rows."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta, timezone
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings

from holo_app.domain.conversation import Conversation
from holo_app.domain.product import Product
from holo_app.domain.usage import Cost, ProviderRole, Unit, Use
from holo_app.errors import StorageError
from holo_app.ports.repositories import Store
from holo_app.storage.opening import open_store
from holo_app.storage.store import memory_store
from tests.fakes.store import FakeStore
from tests.storage.samples import (
    A_CHARACTER,
    A_FACT,
    A_FULL_PRODUCT,
    NOW,
    SetClock,
    a_conversation,
    a_full_message,
    a_message,
    a_product,
    products,
)


@pytest.fixture(params=["file", "memory", "fake"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    makers: dict[str, Callable[[], Store]] = {
        "file": lambda: open_store(tmp_path / "holo.db", clock=SetClock()).store,
        "memory": memory_store,
        "fake": FakeStore,
    }
    made = makers[request.param]()
    with closing(made):
        yield made


def started(store: Store) -> Conversation:
    conversation = a_conversation()
    with store.transaction() as work:
        work.conversations.start(conversation)
    return conversation


def test_message_comes_back_as_it_went_in(store: Store) -> None:
    conversation = started(store)
    message = a_full_message(conversation)
    with store.transaction() as work:
        work.conversations.add_message(message)
    with store.transaction() as work:
        assert work.conversations.last_messages(conversation.id, limit=5) == [message]
        assert work.conversations.recent(limit=5) == [conversation]


def test_times_are_kept_as_moments(store: Store) -> None:
    local = NOW.astimezone(timezone(timedelta(hours=5, minutes=30)))
    conversation = a_conversation(started_at=local)
    with store.transaction() as work:
        work.conversations.start(conversation)
        work.conversations.end(conversation.id, at=local + timedelta(minutes=1))
    with store.transaction() as work:
        (kept,) = work.conversations.recent(limit=1)
    assert kept.started_at == NOW
    assert kept.ended_at == NOW + timedelta(minutes=1)


def test_last_messages_are_the_newest_in_spoken_order(store: Store) -> None:
    conversation, other = started(store), started(store)
    with store.transaction() as work:
        for number in range(5):
            # a wall clock set back meanwhile does not reorder what was said
            message = replace(a_message(conversation, f"say {number}"), at=NOW - timedelta(minutes=number))
            work.conversations.add_message(message)
        work.conversations.add_message(a_message(other, "someone else"))
    with store.transaction() as work:
        said = [message.text for message in work.conversations.last_messages(conversation.id, limit=3)]
        none = work.conversations.last_messages(conversation.id, limit=0)
    assert said == ["say 2", "say 3", "say 4"]
    assert none == []


def test_recent_is_newest_first(store: Store) -> None:
    visits = [a_conversation(NOW + timedelta(minutes=minute)) for minute in range(3)]
    with store.transaction() as work:
        for visit in visits:
            work.conversations.start(visit)
    with store.transaction() as work:
        assert work.conversations.recent(limit=2) == [visits[2], visits[1]]
        assert work.conversations.recent(limit=0) == []


def test_unfinished_visits_are_ended_once(store: Store) -> None:
    crashed, finished = started(store), started(store)
    with store.transaction() as work:
        work.conversations.end(finished.id, at=NOW + timedelta(minutes=1))
    with store.transaction() as work:
        assert work.conversations.end_unfinished(at=NOW + timedelta(hours=1)) == 1
    with store.transaction() as work:
        assert work.conversations.end_unfinished(at=NOW + timedelta(hours=2)) == 0
        ended = {visit.id: visit.ended_at for visit in work.conversations.recent(limit=9)}
    assert ended == {crashed.id: NOW + timedelta(hours=1), finished.id: NOW + timedelta(minutes=1)}


def test_erasing_takes_the_messages_along(store: Store) -> None:
    old, new = a_conversation(NOW - timedelta(hours=30)), a_conversation(NOW)
    with store.transaction() as work:
        for visit in (old, new):
            work.conversations.start(visit)
            work.conversations.add_message(a_message(visit))
    with store.transaction() as work:
        assert work.conversations.erase_before(NOW - timedelta(hours=24)) == 1
    with store.transaction() as work:
        assert work.conversations.recent(limit=9) == [new]
        assert work.conversations.last_messages(old.id, limit=9) == []
        assert len(work.conversations.last_messages(new.id, limit=9)) == 1
        assert work.conversations.erase_before(NOW - timedelta(hours=24)) == 0


def test_message_of_unknown_visit_is_refused(store: Store) -> None:
    with pytest.raises(StorageError), store.transaction() as work:
        work.conversations.add_message(a_message(a_conversation()))


def test_same_message_twice_is_refused(store: Store) -> None:
    conversation = started(store)
    message = a_message(conversation)
    with store.transaction() as work:
        work.conversations.add_message(message)
    with pytest.raises(StorageError), store.transaction() as work:
        work.conversations.add_message(message)


def test_same_visit_twice_is_refused(store: Store) -> None:
    conversation = started(store)
    with pytest.raises(StorageError), store.transaction() as work:
        work.conversations.start(conversation)


def test_ending_an_unknown_visit_is_refused(store: Store) -> None:
    with pytest.raises(StorageError), store.transaction() as work:
        work.conversations.end(uuid4(), at=NOW)


def test_products_are_sorted_found_replaced_and_deleted(store: Store) -> None:
    with store.transaction() as work:
        work.products.upsert([A_FULL_PRODUCT, a_product("P-1")])
    with store.transaction() as work:
        assert work.products.all() == [a_product("P-1"), A_FULL_PRODUCT]
        assert work.products.get("P-2") == A_FULL_PRODUCT
        assert work.products.get("P-9") is None
        work.products.upsert([replace(A_FULL_PRODUCT, stock=None, price=None, image=None)])
    with store.transaction() as work:
        assert work.products.get("P-2") == replace(A_FULL_PRODUCT, stock=None, price=None, image=None)
        assert work.products.delete("P-2")
        assert not work.products.delete("P-2")
    with store.transaction() as work:
        assert work.products.all() == [a_product("P-1")]


def test_attributes_keep_the_order_of_the_catalogue(store: Store) -> None:
    with store.transaction() as work:
        work.products.upsert([A_FULL_PRODUCT])
    with store.transaction() as work:
        kept = work.products.get("P-2")
    assert kept is not None
    assert list(kept.attributes) == ["weight", "colour", "battery life"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(product=products)
def test_any_product_comes_back_as_it_went_in(store: Store, product: Product) -> None:
    with store.transaction() as work:
        work.products.upsert([product])
    with store.transaction() as work:
        assert work.products.get(product.sku) == product


def test_facts_characters_and_settings_come_back(store: Store) -> None:
    with store.transaction() as work:
        work.facts.upsert([replace(A_FACT, key="returns"), A_FACT])
        work.characters.upsert([A_CHARACTER, replace(A_CHARACTER, id="juno")])
        work.settings.put("staff.pin", '{"hash": "x"}')
    with store.transaction() as work:
        assert work.facts.all() == [A_FACT, replace(A_FACT, key="returns")]
        assert work.characters.all() == [replace(A_CHARACTER, id="juno"), A_CHARACTER]
        assert work.characters.get("robin") == A_CHARACTER
        assert work.characters.get("nobody") is None
        assert work.settings.get("staff.pin") == '{"hash": "x"}'
        assert work.settings.get("unset") is None
        work.facts.upsert([replace(A_FACT, texts={"en": "Closed."})])
        work.characters.upsert([replace(A_CHARACTER, greeting="Hi!")])
        work.settings.put("staff.pin", "")
    with store.transaction() as work:
        assert work.facts.all()[0].texts == {"en": "Closed."}
        assert work.characters.get("robin") == replace(A_CHARACTER, greeting="Hi!")
        assert work.settings.get("staff.pin") == ""


def test_a_block_that_raises_leaves_nothing(store: Store) -> None:
    version = store.catalogue_version()

    def fail_half_way() -> None:
        with store.transaction() as work:
            work.products.upsert([a_product()])
            work.settings.put("key", "value")
            raise LookupError("half way")

    with pytest.raises(LookupError, match="half way"):
        fail_half_way()
    with store.transaction() as work:
        assert work.products.all() == []
        assert work.settings.get("key") is None
    assert store.catalogue_version() == version


def test_catalogue_version_grows_with_products_and_facts_only(store: Store) -> None:
    versions = [store.catalogue_version()]

    def note() -> None:
        versions.append(store.catalogue_version())

    with store.transaction() as work:
        work.products.upsert([a_product()])
    note()
    with store.transaction() as work:
        work.facts.upsert([A_FACT])
    note()
    with store.transaction() as work:
        work.products.delete("P-1")
    note()
    assert versions == sorted(set(versions)), "each change makes it larger"
    with store.transaction() as work:
        work.products.upsert([])
        work.products.delete("P-1")
        work.settings.put("key", "value")
        work.characters.upsert([A_CHARACTER])
        work.conversations.start(a_conversation())
    assert store.catalogue_version() == versions[-1]


def test_a_second_transaction_in_one_thread_is_a_bug(store: Store) -> None:
    with store.transaction() as work:
        with pytest.raises(RuntimeError, match="already has a transaction"), store.transaction():
            pass
        work.settings.put("key", "kept")
    with store.transaction() as work:
        assert work.settings.get("key") == "kept"


def test_threads_take_turns(store: Store) -> None:
    failures: list[BaseException] = []

    def count() -> None:
        try:
            for _ in range(25):
                with store.transaction() as work:
                    work.settings.put("count", str(int(work.settings.get("count") or 0) + 1))
                store.catalogue_version()
        except BaseException as error:  # handed to the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with store.transaction() as work:
        assert work.settings.get("count") == "100"


def test_closed_store_says_so(store: Store) -> None:
    store.close()
    store.close()
    with pytest.raises(StorageError, match="closed"), store.transaction():
        pass
    with pytest.raises(StorageError, match="closed"):
        store.catalogue_version()


def test_a_use_comes_back_as_it_went_in(store: Store) -> None:
    full = Use(
        ProviderRole.LLM,
        "openrouter",
        "maker/model",
        NOW,
        {Unit.INPUT_TOKENS: 120.0, Unit.OUTPUT_TOKENS: 12.0},
        Cost(1234),
        measured=False,
        turn=uuid4(),
    )
    plain = Use(ProviderRole.STT, "deepgram", "nova-3", NOW + timedelta(seconds=1))
    with store.transaction() as work:
        work.uses.add([plain, full])
        work.uses.add([])
    with store.transaction() as work:
        assert work.uses.since(NOW) == [full, plain]
        assert work.uses.since(NOW + timedelta(microseconds=1)) == [plain]


def test_old_uses_are_erased(store: Store) -> None:
    moments = [NOW - timedelta(days=day) for day in range(3)]
    with store.transaction() as work:
        work.uses.add(Use(ProviderRole.TTS, "azure", "ava", at) for at in moments)
    with store.transaction() as work:
        assert work.uses.erase_before(NOW - timedelta(days=1)) == 1
        assert [use.at for use in work.uses.since(moments[-1])] == [moments[1], moments[0]]
