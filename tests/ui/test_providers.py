"""What staff read about providers, and what customers are told of them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication

from holo_app.bootstrap.vendors.online import uses_online_services
from holo_app.config import load_settings
from holo_app.dialogue.notices import ProviderFared, ProvidersFared
from holo_app.domain.circuit import CircuitState
from holo_app.domain.usage import ProviderRole
from holo_app.ui.phrases import phrases
from holo_app.ui.providers import provider_lines
from holo_app.ui.texts_model import HoloTexts
from tests.ui.test_models import Desk, desk

__all__ = ["desk"]

WORKS = ProviderFared(ProviderRole.LLM, "openai", CircuitState.CLOSED, False, 4, 0, 0.4123)
FAILS = ProviderFared(ProviderRole.STT, "deepgram", CircuitState.OPEN, False, 4, 3, 0.2)
NEEDY = ProviderFared(ProviderRole.TTS, "azure", CircuitState.OPEN, True, 1, 1, None)


@pytest.mark.parametrize("language", ["en", "de", "fr"])
def test_each_state_has_its_words(language: str) -> None:
    new = ProviderFared(ProviderRole.AVATAR, "akool", CircuitState.CLOSED, False, 0, 0, None)
    tried = ProviderFared(ProviderRole.LLM, "gemini", CircuitState.HALF_OPEN, False, 4, 3, None)
    lines = provider_lines((WORKS, FAILS, NEEDY, new, tried), phrases(language))
    assert [line.troubled for line in lines] == [False, True, True, False, True]
    assert len({line.text for line in lines}) == 5
    assert "412 ms" in lines[0].text
    for line, name in zip(lines, ("openai", "deepgram", "azure", "akool", "gemini"), strict=True):
        assert name in line.text
        assert "{" not in line.text


@pytest.mark.parametrize(
    ("chosen", "online"),
    [
        ({}, False),
        ({"providers.llm": "ollama, llamacpp", "providers.stt": "wyoming"}, False),
        ({"providers.llm": "ollama, gemini"}, True),
        ({"providers.avatar": "akool"}, True),
    ],
)
def test_whether_words_leave_the_shop(chosen: dict[str, object], online: bool) -> None:
    assert uses_online_services(load_settings(overrides=chosen, environment={})) is online


def test_the_screen_takes_the_news_and_says_what_leaves_the_shop(desk: Desk) -> None:
    told: list[int] = []
    status = desk.kiosk.status_model
    status.providersChanged.connect(lambda: told.append(len(status.props.providers)))
    desk.kiosk.take(ProvidersFared((WORKS, NEEDY)))
    desk.kiosk.take(ProvidersFared((WORKS, NEEDY)))
    assert told == [2]
    assert [line["troubled"] for line in status.property("providers")] == [False, True]


def test_customers_are_told_that_services_are_online(qapp: QCoreApplication) -> None:
    alone, online = (HoloTexts("de", ("en", "de"), online=online) for online in (False, True))
    assert "Onlinedienste" not in alone.property("t")["ai_notice"]
    assert "Onlinedienste" in online.property("t")["ai_notice"]
