"""The real window under a real X server: what is drawn, what keys and touches do, and that nobody leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtQuick import QQuickItem
from PySide6.QtTest import QTest

from holo_app.dialogue.inputs import StopPressed, TalkPressed, TextTyped
from holo_app.dialogue.notices import (
    CharacterCaption,
    CustomerCaption,
    FaceScheduled,
    LoopReady,
    MicLevel,
    MouthScheduled,
    ProductsShown,
    SpeechCut,
    StateChanged,
)
from holo_app.domain.acting import FaceCue
from holo_app.domain.avatar import Expression, FacePose
from holo_app.domain.kiosk import KioskState, Trouble
from holo_app.domain.speech import Viseme, VisemeCue
from holo_app.hologram.avatars.figure import AvatarMaker
from holo_app.hologram.avatars.load import load_avatar
from holo_app.hologram.modes import Flat
from holo_app.hologram.snapshot import Studio
from holo_app.ui.cards import card_direction
from holo_app.ui.hologram_scene import load_hologram
from holo_app.ui.stage import Scene
from tests.hologram.avatars import writing
from tests.ui.world import BlankScene, World, build_world, kiosk_settings, sample_product

pytestmark = pytest.mark.window
PIN = "271828"
MIN_TOUCH_PX = 64
Opener = Callable[..., World]


@pytest.fixture
def kiosk_window(qapp: QGuiApplication) -> Iterator[Opener]:
    """Opens kiosks at 540×960 (cheap to draw without a graphics card) and closes them."""
    opened: list[World] = []

    def open_one(
        load: Callable[[], Scene] = BlankScene, *, problem: str = "", size: tuple[int, int] = (540, 960)
    ) -> World:
        world = build_world(qapp, kiosk_settings(size=size), load=load, problem=problem)
        opened.append(world)
        world.bridge.post(LoopReady())
        world.frames(2)
        return world

    yield open_one
    for world in opened:
        world.ui.close()


def items(world: World) -> Iterator[QQuickItem]:
    """Every item of the scene, delegates of repeaters included."""
    waiting = [world.ui.window.contentItem()]
    while waiting:
        candidate = waiting.pop()
        yield candidate
        waiting.extend(candidate.childItems())


def item(world: World, name: str) -> QQuickItem:
    """The item of this object name."""
    for candidate in items(world):
        if candidate.objectName() == name:
            return candidate
    raise AssertionError(f"nothing on the screen is called {name}")


def area(world: World, name: str) -> tuple[int, int, int, int]:
    it = item(world, name)
    corner = it.mapToScene(QPointF(0, 0))
    return round(corner.x()), round(corner.y()), round(it.width()), round(it.height())


def bright(image: QImage, box: tuple[int, int, int, int], least: int = 150) -> int:
    """How many pixels of a region are bright."""
    x0, y0, width, height = box
    return sum(
        QColor(image.pixel(x, y)).value() >= least
        for y in range(max(y0, 0), min(y0 + height, image.height()))
        for x in range(max(x0, 0), min(x0 + width, image.width()))
    )


def press(world: World, key: Qt.Key, times: int = 1) -> None:
    for _ in range(times):
        QTest.keyClick(world.ui.window, key)
    world.frames(1)


def write(world: World, text: str) -> None:
    """Key presses as a keyboard sends them."""
    for character in text:
        QTest.keyClick(world.ui.window, character)  # type: ignore[call-overload]  # the stub lacks the char overload
    world.frames(1)


def touch(world: World, name: str) -> None:
    tap(world, name)
    world.frames(1)


def tap(world: World, name: str) -> None:
    x, y, width, height = area(world, name)
    QTest.mouseClick(
        world.ui.window,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        QPoint(x + width // 2, y + height // 2),
    )


def focused(world: World) -> str:
    holder = world.ui.window.activeFocusItem()
    return holder.objectName() if holder else ""


def speak(world: World) -> None:
    world.bridge.post(ProductsShown((sample_product(), sample_product("P-002"))))
    world.bridge.post(CustomerCaption("How much is it?", final=True))
    world.bridge.post(StateChanged(KioskState.SPEAKING))
    world.bridge.post(CharacterCaption("The Eagle watch is 179 pounds.", 0.0, 2.0))
    world.position_s = 1.0
    world.frames(3)


def test_caption_card_and_price_are_really_drawn(kiosk_window: Opener, tmp_path: Path) -> None:
    world = kiosk_window()
    world.ui.grab(tmp_path / "before.png")
    speak(world)
    world.until(lambda: _picture_is_loaded(world), "the product's picture is loaded")
    world.frames(2)
    world.ui.grab(tmp_path / "after.png")
    before, after = QImage(str(tmp_path / "before.png")), QImage(str(tmp_path / "after.png"))
    assert (after.width(), after.height()) == (540, 960)
    for name, least in (("characterCaption", 400), ("mainPrice", 60), ("mainCard", 3000)):
        box = area(world, name)
        assert bright(after, box) >= least, name
        assert bright(after, box) > bright(before, box), name
    # only what was heard is bright white
    heard = bright(after, area(world, "characterCaption"), 235)
    world.position_s = 2.0
    world.frames(3)
    world.ui.grab(tmp_path / "heard.png")
    assert bright(QImage(str(tmp_path / "heard.png")), area(world, "characterCaption"), 235) > heard * 1.3


def _picture_is_loaded(world: World) -> bool:
    images = [i for i in items(world) if i.metaObject().className() == "QQuickImage" and i.isVisible()]
    pictures = [image for image in images if "pictures/" in str(image.property("source"))]
    loaded = [picture for picture in pictures if picture.property("progress") == 1.0]
    return bool(loaded) and len(loaded) == len(pictures)


@pytest.mark.parametrize("size", [(540, 960), (960, 540)])
def test_nothing_important_leaves_the_screen_or_covers_the_face(kiosk_window: Opener, size: tuple[int, int]) -> None:
    world = kiosk_window(size=size)
    speak(world)
    width, height = size
    for name in ("characterCaption", "orb", "type", "finish", "stateLabel", "language_en", "language_fr"):
        x, y, w, h = area(world, name)
        assert 0 <= x <= width - w, name
        assert 0 <= y <= height - h, name
    label = area(world, "stateLabel")
    assert label[1] + label[3] <= area(world, "aiNotice")[1], "the words under the button do not touch"
    if height > width:
        assert area(world, "mainCard")[1] > height * 0.54
        assert area(world, "characterCaption")[1] > height * 2 / 3
    else:
        assert area(world, "characterCaption")[0] + area(world, "characterCaption")[2] < width * 0.36


def test_every_control_is_large_enough_for_a_finger_and_named(kiosk_window: Opener) -> None:
    world = kiosk_window()
    world.bridge.post(StateChanged(KioskState.IDLE))
    world.frames(2)
    for name in ("orb", "type", "finish", "language_en", "language_de", "language_fr"):
        _, _, width, height = area(world, name)
        assert min(width, height) >= MIN_TOUCH_PX, name
    touch(world, "type")
    for name in ("typingClose", "typingSend"):
        _, _, width, height = area(world, name)
        assert min(width, height) >= MIN_TOUCH_PX, name


def test_keys_start_and_stop_talking(kiosk_window: Opener) -> None:
    world = kiosk_window()
    press(world, Qt.Key.Key_Space)
    press(world, Qt.Key.Key_Return)
    world.bridge.post(StateChanged(KioskState.SPEAKING))
    world.frames(2)
    press(world, Qt.Key.Key_Space)
    assert world.sent == [TalkPressed(), TalkPressed(), StopPressed()]


def test_touching_the_attract_screen_or_the_orb_starts(kiosk_window: Opener) -> None:
    world = kiosk_window()
    touch(world, "invitation")
    touch(world, "orb")
    assert world.sent == [TalkPressed(), TalkPressed()]


def test_the_whole_screen_is_reached_by_keyboard_alone(kiosk_window: Opener) -> None:
    world = kiosk_window()
    world.bridge.post(StateChanged(KioskState.IDLE))
    world.frames(2)
    walked = []
    for _ in range(6):
        walked.append(focused(world))
        press(world, Qt.Key.Key_Tab)
    assert set(walked) == {"orb", "finish", "language_en", "language_de", "language_fr", "type"}
    while focused(world) != "language_de":
        press(world, Qt.Key.Key_Tab)
    press(world, Qt.Key.Key_Return)
    assert world.ui.kiosk.texts_model.current.language == "de"
    assert item(world, "stateLabel").property("text") == "Zum Sprechen berühren"


def test_a_letter_opens_the_question_and_enter_sends_it(kiosk_window: Opener) -> None:
    world = kiosk_window()
    write(world, "how much?")
    assert focused(world) == "question"
    press(world, Qt.Key.Key_Backspace)
    press(world, Qt.Key.Key_Return)
    assert world.sent == [TextTyped("how much")]
    assert focused(world) == "orb"


def test_a_question_typed_by_touch(kiosk_window: Opener) -> None:
    world = kiosk_window()
    touch(world, "type")
    for key in ("key_h", "key_i"):
        touch(world, key)
    assert item(world, "question").property("text") == "hi"
    touch(world, "typingSend")
    assert world.sent == [TextTyped("hi")]


def test_escape_puts_the_keyboard_away_before_it_asks_for_the_pin(kiosk_window: Opener) -> None:
    world = kiosk_window()
    write(world, "a")
    press(world, Qt.Key.Key_Escape)
    assert not item(world, "typingPanel").isVisible()
    assert not item(world, "staffDialog").isVisible()
    press(world, Qt.Key.Key_Escape)
    assert item(world, "staffDialog").isVisible()


def test_nobody_closes_the_window_without_the_pin(kiosk_window: Opener) -> None:
    world = kiosk_window()
    world.pin.choose(PIN)
    world.ui.window.close()  # what Alt+F4 and the window system's close request come to
    world.frames(2)
    staff = world.ui.kiosk.staff_model
    assert world.ui.window.isVisible()
    world.until(lambda: staff.state.step == "enter", "the dialog asks for the PIN")
    write(world, "111222")
    press(world, Qt.Key.Key_Return)
    world.until(lambda: staff.state.step == "enter", "the wrong PIN is refused")
    assert staff.state.problem == "wrong"
    world.ui.window.close()
    world.frames(1)
    assert world.ui.window.isVisible()
    write(world, PIN)
    press(world, Qt.Key.Key_Return)
    world.until(lambda: staff.state.step == "opened", "the right PIN opens")
    world.frames(1)
    assert focused(world) == "staffBack"
    tap(world, "staffLeave")
    assert not world.ui.window.isVisible()


def test_the_dialog_keeps_keys_and_touches_from_what_lies_below(kiosk_window: Opener) -> None:
    world = kiosk_window()
    press(world, Qt.Key.Key_Escape)
    staff = world.ui.kiosk.staff_model
    world.until(lambda: staff.state.step == "choose", "the dialog asks for a first PIN")
    write(world, "abc 12")
    touch(world, "language_de")
    assert world.ui.kiosk.texts_model.current.language == "en"
    assert staff.state.digits == "12"
    assert world.sent == []
    for _ in range(20):
        press(world, Qt.Key.Key_Tab)
        assert focused(world) not in {"orb", "type", "language_en", "question"}
    press(world, Qt.Key.Key_Escape)
    assert not item(world, "staffDialog").isVisible()
    assert focused(world) == "orb"


def test_the_mouth_gets_its_shapes_and_cuts_even_before_the_figure_is_loaded(kiosk_window: Opener) -> None:
    scene = BlankScene()
    world = kiosk_window(lambda: scene)
    cue = VisemeCue(Viseme.AA, 0.0, 0.1)
    world.bridge.post(MouthScheduled((cue,)))
    world.bridge.post(SpeechCut(0.05))
    world.until(lambda: bool(scene.cuts), "the scene hears of the cut")
    assert (scene.cues, scene.cuts) == ([cue], [0.05])
    world.ui.close()
    assert scene.closed


def test_the_figure_acts_what_it_says_and_glances_at_a_card_that_appears(kiosk_window: Opener) -> None:
    scene = BlankScene()
    world = kiosk_window(lambda: scene)
    world.bridge.post(ProductsShown((sample_product("P-009"),)))
    face = FaceCue(Expression.HAPPY, 0.0, 1.0)
    world.bridge.post(FaceScheduled(face))
    world.until(lambda: bool(scene.faces), "the scene hears of the face")
    assert scene.faces == [face]
    scene.glances.clear()  # the one at the first card, if the figure was loaded by then
    for skus in (("P-001",), ("P-001",), (), ("P-002", "P-001")):
        world.bridge.post(ProductsShown(tuple(sample_product(sku) for sku in skus)))
    world.frames(2)
    assert scene.glances == [card_direction(540, 960)] * 2


class BrokenScene(BlankScene):
    """A figure that this graphics driver cannot draw."""

    def open(self) -> None:
        raise RuntimeError("no such extension")


def _no_figure() -> Scene:
    raise RuntimeError("the sculptor failed")


@pytest.mark.parametrize("load", [BrokenScene, _no_figure])
def test_without_a_figure_a_still_picture_stands_in_and_the_kiosk_goes_on(
    kiosk_window: Opener, load: Callable[[], Scene]
) -> None:
    world = kiosk_window(load)
    troubles = world.ui.kiosk.status_model.inputs
    world.until(lambda: Trouble.NO_GRAPHICS in world.ui.kiosk.status_model.inputs.troubles, "the trouble is named")
    assert troubles.state is KioskState.ATTRACT
    speak(world)
    assert item(world, "still").isVisible()
    assert item(world, "characterCaption").property("text") == "The Eagle watch is 179 pounds."


def test_a_known_lack_of_graphics_loads_no_figure(kiosk_window: Opener) -> None:
    world = kiosk_window(_no_figure, problem="OpenGL 2.1 is older than 3.3")
    assert world.ui.kiosk.status_model.inputs.troubles == {Trouble.NO_GRAPHICS: "OpenGL 2.1 is older than 3.3"}


def test_frames_are_counted_and_the_screen_can_be_read_after_closing(kiosk_window: Opener) -> None:
    world = kiosk_window()
    world.frames(10)
    world.ui.close()
    assert world.ui.statistics.frames >= 10
    figures = world.ui.statistics.as_dict()
    assert figures["longest_stall_ms"] >= figures["frame_ms_p50"] / 2 > 0.0, "a frame has two halves"


def test_the_figure_keeps_its_eyes_while_the_overlay_changes(kiosk_window: Opener, tmp_path: Path) -> None:
    """Figure and overlay share one context: what Qt makes for new cards and words must not end up in our buffers."""
    world = kiosk_window(lambda: load_hologram(tmp_path))
    world.until(lambda: world.ui.stage.ready, "the figure is drawn")
    world.bridge.post(ProductsShown((sample_product(), sample_product("P-002", names={}))))
    speak(world)
    most = 0
    for _ in range(8):  # it may blink
        world.frames(3)
        world.ui.grab(tmp_path / "shot.png")
        shot = QImage(str(tmp_path / "shot.png"))
        colours = [shot.pixelColor(x, y) for x in range(150, 390, 2) for y in range(280, 360, 2)]
        most = max(most, sum(c.green() - c.red() > 40 and c.green() > 90 for c in colours))
    assert most > 60


def test_an_avatar_stands_in_the_window(kiosk_window: Opener, tmp_path: Path) -> None:
    """Its bones lie in a texture: Qt's own textures come and go beside it."""
    made = writing.person()
    figure = writing.Figure(made, writing.face_morphs(made, ["jawOpen"]), skinned=True)
    avatar = load_avatar(writing.write(tmp_path / "a.glb", figure))
    world = kiosk_window(lambda: load_hologram(tmp_path, Flat, figures=lambda: AvatarMaker(avatar)))
    world.until(lambda: world.ui.stage.ready, "the figure is drawn")
    world.bridge.post(ProductsShown((sample_product(), sample_product("P-002", names={}))))
    speak(world)
    for _ in range(4):
        world.frames(3)
        world.ui.grab(tmp_path / "shot.png")
        shot = QImage(str(tmp_path / "shot.png"))
        colours = [shot.pixelColor(x, y) for x in range(150, 390, 2) for y in range(120, 480, 2)]
        assert sum(c.red() > 150 > c.green() + 30 for c in colours) > 20, "lips"
        assert sum(c.red() > 180 and c.green() > 120 for c in colours) > 800, "skin"


@pytest.mark.parametrize("state", list(KioskState))
def test_qt_draws_at_our_beat_only(kiosk_window: Opener, state: KioskState) -> None:
    """Bars that move, words that light up and pictures that come in must not cost a second frame each."""
    world = kiosk_window()
    world.bridge.post(StateChanged(state))
    world.bridge.post(ProductsShown((sample_product(),)))
    world.frames(2)
    swapped: list[float] = []
    world.ui.window.frameSwapped.connect(lambda: swapped.append(1.0))
    before = world.ui.statistics.frames
    for number in range(12):
        world.bridge.post(MicLevel(-60.0 + 4 * number))
        world.bridge.post(CharacterCaption("One two three four five six.", 0.0, 1.0 + 0.1 * number))
        world.position_s = 0.1 * number
        world.frames(1)
    assert len(swapped) == world.ui.statistics.frames - before


def test_a_window_opens_after_pictures_were_drawn(kiosk_window: Opener, tmp_path: Path) -> None:
    """Pictures are drawn through EGL, windows through GLX here; a thread can hold only one of them."""
    studio = Studio(tmp_path)
    assert studio.picture(60, 80, FacePose(), Flat()).any()
    world = kiosk_window()
    world.frames(2)
    assert not world.ui.kiosk.status_model.inputs.troubles
    world.ui.close()
    studio.close()


def test_a_signal_in_the_middle_of_a_frame_ends_the_kiosk_after_it(kiosk_window: Opener) -> None:
    """Python runs signal handlers wherever it is, in the hologram's drawing too; Qt died there with its swap chain."""
    world = kiosk_window()
    world.ui.window.beforeRenderPassRecording.connect(world.ui.quit, Qt.ConnectionType.SingleShotConnection)
    world.until(lambda: not world.ui.window.isVisible(), "the window is gone")
