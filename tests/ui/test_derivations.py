"""Cards, status and pacing as tables; settings; the bridge."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from holo_app.dialogue.inputs import KioskInput, StopPressed, TalkPressed
from holo_app.dialogue.notices import LoopReady, MicLevel, Notice, StateChanged
from holo_app.domain.avatar import Mood
from holo_app.domain.kiosk import KioskState, Trouble
from holo_app.resources import resource
from holo_app.ui.bridge import UiBridge
from holo_app.ui.cards import MAX_SMALL_CARDS, derive_cards, find_picture
from holo_app.ui.pacing import FramePacer, FrameStatistics
from holo_app.ui.phrases import phrases
from holo_app.ui.settings import UiSettings
from holo_app.ui.status import StatusInputs, derive_status, loudness
from tests.ui.world import sample_product


def test_a_card_speaks_the_customers_language_and_shows_only_whole_values() -> None:
    product = sample_product(
        attributes={"weight": "48 g", "brand": "Oakwave", "material": "x" * 41, "warranty": "2 years"}
    )
    (card,) = derive_cards([product], phrases("de"), (resource("sample_shop"),))
    assert (card.name, card.price, card.stock) == ("GPS-Uhr Eagle, Graphit", "179,00\u00a0£", "7 im Laden")
    assert card.attributes == (("Gewicht", "48 g"), ("Garantie", "2 years"))
    assert card.picture == resource("sample_shop") / "pictures" / "P-001.svg"


@pytest.mark.parametrize(("stock", "level"), [(None, ""), (0, "out"), (-1, "out"), (1, "low"), (3, "low"), (4, "in")])
def test_stock_levels(stock: int | None, level: str) -> None:
    (card,) = derive_cards([sample_product(stock=stock)], phrases("en"), ())
    assert card.stock_level == level
    assert bool(card.stock) == (stock is not None)


def test_a_product_without_price_or_picture_claims_neither() -> None:
    (card,) = derive_cards([sample_product(price=None, image=None)], phrases("en"), ())
    assert (card.price, card.picture) == ("", None)


def test_more_products_than_fit_are_left_out() -> None:
    assert len(derive_cards([sample_product()] * 9, phrases("en"), ())) == 1 + MAX_SMALL_CARDS


def test_pictures_are_found_in_the_first_folder_that_has_them(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "a.png").touch()
    assert find_picture("a.png", (tmp_path, own)) == own / "a.png"
    assert find_picture(str(own / "a.png"), ()) == own / "a.png"
    assert find_picture("b.png", (tmp_path, own)) is None


@pytest.mark.parametrize(
    ("inputs", "look", "mood"),
    [
        (StatusInputs(), "starting", Mood.IDLE),
        (StatusInputs(ready=True), "attract", Mood.IDLE),
        (StatusInputs(KioskState.LISTENING, ready=True), "listening", Mood.LISTENING),
        (StatusInputs(KioskState.THINKING, ready=True), "thinking", Mood.THINKING),
        (StatusInputs(KioskState.SPEAKING, ready=True), "speaking", Mood.SPEAKING),
        (StatusInputs(KioskState.IDLE, ready=True, troubles={Trouble.NO_MICROPHONE: ""}), "trouble", Mood.TROUBLE),
        (
            StatusInputs(KioskState.SPEAKING, ready=True, troubles={Trouble.NO_MICROPHONE: ""}),
            "speaking",
            Mood.SPEAKING,
        ),
        (StatusInputs(KioskState.IDLE, ready=True, troubles={Trouble.NO_SPEAKER: ""}), "idle", Mood.IDLE),
    ],
)
def test_the_look_follows_state_and_trouble(inputs: StatusInputs, look: str, mood: Mood) -> None:
    status = derive_status(inputs, phrases("en"))
    assert (status.look, status.mood) == (look, mood)
    assert status.label == phrases("en").text("state", look)


def test_the_trouble_that_matters_most_to_the_customer_comes_first() -> None:
    troubles = {Trouble.DATABASE_UNWRITABLE: "disk full", Trouble.NO_MICROPHONE: ""}
    status = derive_status(StatusInputs(ready=True, troubles=troubles), phrases("fr"))
    assert status.troubles[0][0] == "Je ne vous entends pas pour le moment"
    assert status.staff_details == ("no_microphone", "database_unwritable: disk full")


def test_a_provider_that_needs_staff_is_no_concern_of_a_customer() -> None:
    troubles = {Trouble.PROVIDER_NEEDS_STAFF: "llm: openai: auth"}
    status = derive_status(StatusInputs(ready=True, troubles=troubles), phrases("en"))
    assert status.troubles == ()
    assert status.staff_details == ("provider_needs_staff: llm: openai: auth",)


@pytest.mark.parametrize(("dbfs", "level"), [(-100.0, 0.0), (-55.0, 0.0), (-33.5, 0.5), (-12.0, 1.0), (0.0, 1.0)])
def test_loudness(dbfs: float, level: float) -> None:
    assert loudness(dbfs) == level


def test_the_level_is_shown_only_while_listening() -> None:
    speaking = StatusInputs(KioskState.SPEAKING, ready=True, mic_dbfs=-12.0)
    assert derive_status(speaking, phrases("en")).level == 0.0


def test_a_fast_machine_reaches_the_target_and_a_slow_one_leaves_the_voice_its_share() -> None:
    fast, slow = FramePacer(30.0), FramePacer(30.0)
    assert fast.pause_s(0.004, KioskState.SPEAKING) == pytest.approx(1 / 30 - 0.004)
    assert slow.pause_s(0.040, KioskState.SPEAKING) == pytest.approx(0.040 / 0.7 - 0.040)
    assert slow.pause_s(0.040, KioskState.THINKING) == pytest.approx(0.125 - 0.040)


def test_a_frame_that_took_too_long_is_not_made_up_for() -> None:
    pacer = FramePacer(30.0)
    assert pacer.pause_s(2.0, KioskState.IDLE) == pytest.approx(0.002)
    recovered = [pacer.pause_s(0.01, KioskState.IDLE) for _ in range(40)]
    assert recovered[0] <= 0.125
    assert recovered[-1] == pytest.approx(1 / 30 - 0.01, abs=0.004)


def _frame(
    statistics: FrameStatistics, *, took_ms: float, late_ms: float = 0.0, period_ms: float | None = 40.0
) -> None:
    longest = 0.6 * took_ms
    statistics.frame(
        took_ms=took_ms, longest_part_ms=longest, hologram_ms=took_ms / 2, late_ms=late_ms, period_ms=period_ms
    )


def test_statistics_tell_medians_and_the_longest_stall() -> None:
    statistics = FrameStatistics()
    assert statistics.as_dict()["frame_ms_p50"] == 0.0
    for took in range(1, 101):
        _frame(statistics, took_ms=float(took), period_ms=40.0 if took > 1 else None)
    assert statistics.as_dict()["longest_stall_ms"] == 60.0, "a touch is looked for between the halves of a frame"
    _frame(statistics, took_ms=1.0, late_ms=250.0)
    told = statistics.as_dict()
    assert told["frames"] == 101
    assert told["frame_ms_p50"] == pytest.approx(50, abs=1)
    assert told["frame_ms_p95"] == pytest.approx(95, abs=1)
    assert (told["fps_p50"], told["longest_stall_ms"]) == (25.0, 250.0)
    statistics.reset()
    assert statistics.as_dict()["longest_stall_ms"] == 0.0


def test_settings_refuse_what_cannot_be() -> None:
    with pytest.raises(ValueError, match="language"):
        UiSettings(language="it")
    with pytest.raises(ValueError, match="target_fps"):
        UiSettings(target_fps=0)


def test_notices_arrive_in_order_with_the_newest_level_only() -> None:
    bridge = UiBridge()
    posted: list[Notice] = [MicLevel(-50), StateChanged(KioskState.IDLE), MicLevel(-20), LoopReady()]
    for notice in posted:
        bridge.post(notice)
    assert bridge.drain() == [StateChanged(KioskState.IDLE), LoopReady(), MicLevel(-20)]
    assert bridge.drain() == []


def test_what_a_customer_does_before_the_engine_is_up_is_kept_for_it() -> None:
    bridge = UiBridge()
    sent: list[KioskInput] = []
    bridge.submit(TalkPressed())
    assert bridge.position_s() == 0.0
    bridge.connect(submit=sent.append, position_s=lambda: 4.5)
    bridge.submit(StopPressed())
    assert sent == [TalkPressed(), StopPressed()]
    assert bridge.position_s() == 4.5


def test_no_notice_is_lost_between_threads() -> None:
    bridge, taken = UiBridge(), 0

    def post_many() -> None:
        for _ in range(2000):
            bridge.post(LoopReady())

    threads = [threading.Thread(target=post_many) for _ in range(3)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        taken += len(bridge.drain())
    for thread in threads:
        thread.join()
    assert taken + len(bridge.drain()) == 6000
