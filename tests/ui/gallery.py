"""Takes the screen's pictures: `python -m tests.ui.gallery OUT_DIR [WxH]` (an X display must be there).

For developers and the README; every scene is posted as the voice loop would post it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from holo_app.dialogue.notices import (
    CharacterCaption,
    CustomerCaption,
    LanguageUsed,
    LoopReady,
    MicLevel,
    MouthScheduled,
    ProductsShown,
    StateChanged,
    TroubleChanged,
)
from holo_app.domain.kiosk import KioskState, Trouble
from holo_app.domain.money import Money
from holo_app.domain.speech import Viseme, VisemeCue
from holo_app.ui.hologram_scene import load_hologram
from holo_app.ui.qt_setup import create_app
from tests.ui.world import World, build_world, folder, kiosk_settings, sample_product

_SIZE = (1080, 1920)


class Gallery:
    """One kiosk whose pictures are taken scene by scene."""

    def __init__(self, out: Path, size: tuple[int, int]) -> None:
        self._out = out
        self._w: World = build_world(
            create_app(),
            kiosk_settings(windowed=True, size=size),
            load=lambda: load_hologram(out / "cache", sharp=True),
        )
        self._w.until(lambda: self._w.ui.stage.ready, "the hologram is drawn")
        self._w.bridge.post(LoopReady())

    def take(self, name: str, *, after: int = 14) -> None:
        """Draw on for so many frames, then write the picture."""
        self._w.frames(after)
        self._w.ui.grab(self._out / f"{name}.png")

    def attract(self) -> None:
        self.take("attract")

    def listening(self) -> None:
        post = self._w.bridge.post
        post(StateChanged(KioskState.LISTENING))
        post(MicLevel(-24.0))
        post(CustomerCaption("How much is the graphite running watch and", final=False))
        self.take("listening")

    def thinking(self) -> None:
        self._w.bridge.post(
            CustomerCaption("How much is the graphite running watch, and how long does the battery last?", final=True)
        )
        self._w.bridge.post(StateChanged(KioskState.THINKING))
        self.take("thinking")

    def speaking(self) -> None:
        post = self._w.bridge.post
        post(
            ProductsShown(
                (
                    sample_product(),
                    sample_product("P-002", name="Eagle GPS Watch, Sand", stock=2, names={}, price=Money(17900, "GBP")),
                    sample_product("P-003", name="Wren Fitness Band", stock=0, names={}, price=Money(4950, "GBP")),
                )
            )
        )
        post(StateChanged(KioskState.SPEAKING))
        post(CharacterCaption("The Eagle GPS Watch in graphite is 179 pounds,", 0.0, 2.6))
        post(CharacterCaption("and its battery lasts up to 12 days.", 2.6, 4.9))
        post(MouthScheduled((VisemeCue(Viseme.AA, 1.5, 2.2), VisemeCue(Viseme.O, 2.2, 2.8))))
        self._w.position_s = 1.9
        # a glance at the cards comes first
        self.take("speaking", after=30)

    def trouble(self) -> None:
        post = self._w.bridge.post
        post(StateChanged(KioskState.ATTRACT))
        post(TroubleChanged(Trouble.NO_MICROPHONE, active=True, detail="no capture device"))
        post(TroubleChanged(Trouble.EMPTY_CATALOGUE, active=True))
        self.take("trouble")
        post(TroubleChanged(Trouble.NO_MICROPHONE, active=False))
        post(TroubleChanged(Trouble.EMPTY_CATALOGUE, active=False))

    def unheard(self) -> None:
        post = self._w.bridge.post
        post(StateChanged(KioskState.IDLE))
        post(LanguageUsed("de", heard=False, spoken=False, hears=("en",)))
        post(CustomerCaption("Was kostet die GPS-Uhr Eagle?", final=True))
        post(ProductsShown((sample_product(),)))
        post(CharacterCaption("Die GPS-Uhr Eagle kostet 179 Pfund.", 0.0, 2.6))
        self._w.position_s = 2.6
        self.take("unheard")
        post(LanguageUsed("en", heard=True, spoken=True, hears=("en",), advised=True))
        self.take("advised")
        post(StateChanged(KioskState.ATTRACT))
        post(LanguageUsed("de", heard=False, spoken=False, hears=("en",)))
        self.take("unheard_attract")
        post(LanguageUsed("en", heard=True, spoken=True, hears=("en",)))

    def typing(self) -> None:
        kiosk = self._w.ui.kiosk
        kiosk.chooseLanguage("de")
        kiosk.openTyping()
        self.take("typing")
        kiosk.closeTyping()
        kiosk.chooseLanguage("en")

    def pin(self) -> None:
        staff = self._w.ui.kiosk.staff_model
        staff.show()
        self._w.until(lambda: staff.state.step == "choose", "the dialog asks for a first PIN")
        for digit in "4711":
            staff.type(digit)
        self.take("pin")
        staff.cancel()

    def close(self) -> None:
        """Report what the frames cost and close."""
        sys.stdout.write(json.dumps(self._w.ui.statistics.as_dict()) + "\n")
        self._w.ui.close()


def main() -> None:
    """Take them all."""
    size = tuple(int(edge) for edge in sys.argv[2].split("x")) if len(sys.argv) > 2 else _SIZE
    gallery = Gallery(folder(sys.argv[1]), (size[0], size[1]))
    for scene in ("attract", "listening", "thinking", "speaking", "trouble", "unheard", "typing", "pin"):
        getattr(gallery, scene)()
    gallery.close()


if __name__ == "__main__":
    main()
