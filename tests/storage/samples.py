"""Rows for the tests of storage: plain, and drawn by hypothesis."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from hypothesis import strategies as st

from holo_app.domain.character import Character
from holo_app.domain.conversation import Conversation, Message, Role, Stage, Usage
from holo_app.domain.money import Money
from holo_app.domain.product import Product, StoreFact

ROOT = Path(__file__).parents[2]
"""Where a child process finds the packages."""

NOW = datetime(2026, 5, 4, 9, 30, 0, 123456, tzinfo=UTC)


class SetClock:
    """A Clock whose wall time the test sets."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def monotonic(self) -> float:
        return self.now.timestamp()

    def utc(self) -> datetime:
        return self.now

    def new_id(self) -> UUID:
        return uuid4()


def a_conversation(started_at: datetime = NOW) -> Conversation:
    return Conversation(id=uuid4(), character_id="robin", language="en", started_at=started_at)


def a_message(conversation: Conversation, text: str = "How much is the kettle?") -> Message:
    return Message(
        id=uuid4(),
        conversation_id=conversation.id,
        role=Role.CUSTOMER,
        text=text,
        heard=text,
        language="en",
        at=conversation.started_at + timedelta(seconds=3),
    )


def a_full_message(conversation: Conversation) -> Message:
    """A message with a value in every field."""
    return Message(
        id=uuid4(),
        conversation_id=conversation.id,
        role=Role.CHARACTER,
        text="Der Wasserkocher kostet 64,95 £ – und die Größe passt.",
        heard="Der Wasserkocher kostet",
        language="de",
        at=conversation.started_at + timedelta(seconds=5, microseconds=7),
        products=("P-011", "P-012"),
        timings_ms={Stage.STT.value: 190.25, Stage.END_OF_SPEECH_TO_FIRST_AUDIO.value: 701.0},
        provider="composer",
        usage=Usage(input_tokens=12, output_tokens=34),
        interrupted=True,
    )


def a_product(sku: str = "P-1", name: str = "Kettle") -> Product:
    return Product(sku=sku, name=name, description="It boils water.", price=Money(6495, "GBP"), stock=6)


A_FULL_PRODUCT = Product(
    sku="P-2",
    name="Teekessel “Größe M”",
    description="Kocht.\nSchnell.",
    price=Money(12_000, "EUR"),
    stock=0,
    category="Küche",
    tags=("tea", "gift"),
    attributes={"weight": "1.2 kg", "colour": "green", "battery life": "none"},
    image="pictures/P-2.svg",
    names={"fr": "Bouilloire", "en": "Kettle"},
)
A_FACT = StoreFact(
    key="hours",
    texts={"en": "We open at nine.", "de": "Wir öffnen um neun."},
    questions={"en": ("When are you open?", "Are you open?"), "de": ()},
)
A_CHARACTER = Character(
    id="robin",
    name="Robin",
    category="guide",
    system_prompt="You are Robin.",
    traits=("warm", "brief"),
    voice="joe",
    avatar="robin",
    language="en",
    greeting="Hello!",
)

# no lone surrogates (they are no text) and no NUL (SQLite's own tools cut text there)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
names = texts.filter(lambda text: bool(text.strip()))
prices = st.none() | st.builds(
    Money, st.integers(min_value=0, max_value=10**12), st.sampled_from(["GBP", "EUR", "JPY", "KWD"])
)
products = st.builds(
    Product,
    sku=names,
    name=names,
    description=texts,
    price=prices,
    stock=st.none() | st.integers(min_value=0, max_value=10**9),
    category=texts,
    tags=st.lists(texts, max_size=4).map(tuple),
    attributes=st.dictionaries(texts, texts, max_size=4),
    image=st.none() | names,
    names=st.dictionaries(st.sampled_from(["en", "de", "fr"]), names),
)
