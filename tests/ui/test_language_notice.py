"""What the screen says about a language that cannot be heard or spoken."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QGuiApplication

from holo_app.dialogue.inputs import LanguageChosen
from holo_app.dialogue.notices import LanguageUsed, LoopReady, StateChanged
from holo_app.domain.kiosk import KioskState, Trouble
from holo_app.ui.language_notice import LanguageNotice, language_notice
from holo_app.ui.phrases import phrases
from holo_app.ui.status import StatusInputs, derive_status
from tests.ui.world import build_world, kiosk_settings

UNHEARD = LanguageUsed("de", heard=False, spoken=False, hears=("en",))


@pytest.mark.parametrize(
    ("used", "notice"),
    [
        (None, None),
        (LanguageUsed("en", heard=True, spoken=True, hears=("en",)), None),
        (
            UNHEARD,
            LanguageNotice(
                "Gesprochenes Deutsch verstehe ich leider noch nicht",
                "Bitte tippen Sie Ihre Frage, ich antworte hier schriftlich auf Deutsch. Oder sprechen Sie Englisch mit mir.",
                points=False,
            ),
        ),
        (
            LanguageUsed("fr", heard=False, spoken=True, hears=("de", "en"), advised=True),
            LanguageNotice(
                "Je ne comprends pas encore le français à l'oral",
                "Écrivez votre question, je réponds en français. Ou parlez-moi en allemand ou anglais.",
                points=True,
            ),
        ),
        (
            LanguageUsed("en", heard=True, spoken=True, hears=("en",), advised=True),
            LanguageNotice(
                "I only understand English when it is spoken",
                "Deutsch? Bitte oben DE wählen und die Frage tippen.\n"
                "Français ? Choisissez FR en haut et écrivez votre question.",
                points=True,
            ),
        ),
        (
            LanguageUsed("de", heard=True, spoken=False, hears=("de", "en")),
            LanguageNotice(
                "Deutsch kann ich leider noch nicht sprechen",
                "Fragen Sie gern und lesen Sie meine Antworten hier.",
                points=False,
            ),
        ),
    ],
)
def test_the_notice_says_what_is_missing_and_what_to_do(
    used: LanguageUsed | None, notice: LanguageNotice | None
) -> None:
    assert language_notice(used, phrases(used.language if used else "en")) == notice


def test_a_language_without_a_name_is_called_by_its_tag() -> None:
    assert phrases("en").language_name("ja") == "ja"


def test_an_unheard_language_asks_for_typing_and_is_no_trouble() -> None:
    texts = phrases("de")
    for state in KioskState:
        inputs = StatusInputs(state, ready=True, language=UNHEARD)
        waits = state in {KioskState.ATTRACT, KioskState.IDLE, KioskState.LISTENING}
        status = derive_status(inputs, texts)
        assert status.look == ("deaf" if waits else state.value)
        assert not status.troubles
    broken = StatusInputs(ready=True, language=UNHEARD, troubles={Trouble.NO_MICROPHONE: ""})
    assert derive_status(broken, texts).look == "trouble"


@pytest.mark.window
def test_the_screen_follows_the_conversation_into_its_language_and_back(qapp: QGuiApplication) -> None:
    world = build_world(qapp, kiosk_settings(size=(540, 960)))
    try:
        kiosk = world.ui.kiosk
        world.bridge.post(LoopReady())
        world.bridge.post(StateChanged(KioskState.IDLE))
        world.bridge.post(UNHEARD)
        world.frames(3)
        items = [world.ui.window.contentItem()]
        for found in items:
            items.extend(found.childItems())
        named = {found.objectName(): found for found in items if found.objectName()}
        banner = named["languageBanner"]
        assert banner.isVisible()
        assert named["languageTitle"].property("text").startswith("Gesprochenes Deutsch")
        assert named["stateLabel"].property("text") == "Zum Tippen berühren"
        assert banner.x() >= 0
        assert banner.x() + banner.width() <= world.ui.window.width()
        kiosk.touchOrb()
        world.frames(2)
        assert named["typingPanel"].isVisible()
        assert world.sent == [], "nobody is asked to speak"
        kiosk.chooseLanguage("en")
        assert world.sent == [LanguageChosen("en")]
        world.bridge.post(LanguageUsed("en", heard=True, spoken=True, hears=("en",), advised=True))
        world.frames(3)
        assert banner.isVisible()
        assert named["language_de"].property("pointedAt")
        assert not named["language_en"].property("pointedAt")
        world.bridge.post(LanguageUsed("en", heard=True, spoken=True, hears=("en",)))
        world.frames(3)
        assert not banner.isVisible()
    finally:
        world.ui.close()
