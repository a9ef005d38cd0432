"""Films as files: what is in them, where they appear, and that a cancelled one leaves nothing."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from holo_app.audio.wav import read_wav
from holo_app.bootstrap.film_files import Reel, check_place, film_sink
from holo_app.bootstrap.filming import FilmOrder, laid_under, line_of, shoot
from holo_app.bootstrap.voice_process import film_encoder_command
from holo_app.config import Settings, load_settings
from holo_app.domain.audio import AudioChunk
from holo_app.domain.avatar import Expression
from holo_app.domain.speech import Viseme
from holo_app.errors import InputError, ProviderError
from holo_app.hologram.character import Detail
from holo_app.hologram.film.shots import Film
from holo_app.hologram.film.turntable import turntable_film
from holo_app.hologram.quality import Quality
from holo_app.providers.pyav.encoder import FilmEncoder
from holo_app.providers.pyav.server import CUT_SHORT
from holo_app.providers.pyav.wire import FilmHeader
from tests.fakes.tts import FakeTts

SIZE = (64, 48)
RATE_HZ = 22_050
FILES = ("film.mp4", "film.webm")


def blank_film(fps: int, frames: int) -> Film:
    return Film(fps, frames, lambda: iter(()))


def grey(level: int) -> NDArray[np.uint8]:
    return np.full((SIZE[1], SIZE[0], 3), level, np.uint8)


def write(out: Path, levels: list[int], fps: int, sound: AudioChunk | None) -> None:
    with film_sink(out, Reel(blank_film(fps, len(levels)), SIZE, sound)) as sink:
        for level in levels:
            sink.add(grey(level))


def pictures_of(path: Path) -> tuple[list[float], list[float]]:
    """Moments and mean brightness of the pictures."""
    with av.open(str(path)) as film:
        shown = [
            (float(frame.time or 0), float(frame.to_ndarray(format="rgb24").mean())) for frame in film.decode(video=0)
        ]
    return [at for at, _ in shown], [level for _, level in shown]


def sound_of(path: Path) -> tuple[NDArray[np.float64], int]:
    with av.open(str(path)) as film:
        frames = list(film.decode(audio=0))
    assert frames[0].time == pytest.approx(0.0, abs=1e-3)
    return np.concatenate([frame.to_ndarray()[0] for frame in frames]).astype(float), frames[0].sample_rate


@pytest.mark.parametrize(("name", "fps"), [("film.mp4", 25), ("film.mp4", 60), ("film.webm", 30)])
def test_a_flash_and_a_click_come_out_together(name: str, fps: int, tmp_path: Path) -> None:
    """One picture in the middle is white; the sound clicks where it begins."""
    frames, flash = fps, fps // 2
    samples = np.zeros(RATE_HZ, np.int16)
    at = round(flash / fps * RATE_HZ)
    samples[at : at + 200] = 20_000 * np.sign(np.sin(np.arange(200) * 0.5))
    write(tmp_path / name, [255 * (k == flash) for k in range(frames)], fps, AudioChunk(samples.tobytes(), RATE_HZ))

    moments, levels = pictures_of(tmp_path / name)
    sound, rate_hz = sound_of(tmp_path / name)
    assert len(moments) == frames
    assert moments == pytest.approx([k / fps for k in range(frames)], abs=1.1e-3), "WebM counts in milliseconds"
    assert int(np.argmax(levels)) == flash
    assert levels[flash] > 200
    loud = np.abs(sound) > 0.3 * np.abs(sound).max()
    assert np.argmax(loud) / rate_hz == pytest.approx(flash / fps, abs=0.003)
    assert len(sound) / rate_hz == pytest.approx(1.0, abs=0.03)


@pytest.mark.parametrize(("name", "codecs"), [("film.mp4", ("h264", "aac")), ("film.webm", ("vp9", "opus"))])
def test_a_film_says_what_it_is(name: str, codecs: tuple[str, str], tmp_path: Path) -> None:
    write(tmp_path / name, [0, 80, 160], 24, AudioChunk(bytes(2 * RATE_HZ // 8), RATE_HZ))
    with av.open(str(tmp_path / name)) as film:
        picture, sound = film.streams.video[0], film.streams.audio[0]
        assert (
            picture.codec_context.name.replace("libvpx-", ""),
            sound.codec_context.name.replace("lib", ""),
        ) == codecs
        assert (picture.width, picture.height) == SIZE
        assert picture.average_rate == Fraction(24)
        assert picture.codec_context.colorspace == 1, "BT.709, or players guess"
    _, levels = pictures_of(tmp_path / name)
    assert levels == pytest.approx([0, 80, 160], abs=4)


def test_a_film_without_sound_has_no_sound(tmp_path: Path) -> None:
    write(tmp_path / "film.mp4", [0, 80], 30, None)
    with av.open(str(tmp_path / "film.mp4")) as film:
        assert not film.streams.audio


def test_a_folder_gets_numbered_pictures_and_their_sound(tmp_path: Path) -> None:
    sound = AudioChunk(bytes(range(100)) * 20, 1000)
    write(tmp_path / "new" / "film", [10, 20, 30], 3, sound)
    folder = tmp_path / "new" / "film"
    assert sorted(path.name for path in folder.iterdir()) == [
        "frame_0001.png", "frame_0002.png", "frame_0003.png", "sound.wav",
    ]  # fmt: skip
    assert read_wav(folder / "sound.wav") == sound


@pytest.mark.parametrize("end", [KeyboardInterrupt, RuntimeError])
@pytest.mark.parametrize("name", [*FILES, "folder"])
def test_a_cancelled_film_leaves_nothing(name: str, end: type[BaseException], tmp_path: Path) -> None:
    before = tmp_path / "film.mp4"
    before.write_bytes(b"an older film")

    def cancelled() -> None:
        with film_sink(tmp_path / name, Reel(blank_film(30, 9), SIZE, None)) as sink:
            sink.add(grey(0))
            raise end

    with pytest.raises(end):
        cancelled()
    assert [path.name for path in tmp_path.iterdir()] == ["film.mp4"]
    assert before.read_bytes() == b"an older film"


def test_a_film_replaces_an_older_one_and_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(b"an older film")
    (tmp_path / "folder").mkdir()
    for name in ("film.mp4", "folder"):
        write(tmp_path / name, [0, 1], 30, None)
    assert len(pictures_of(tmp_path / "film.mp4")[0]) == len(list((tmp_path / "folder").iterdir())) == 2


def test_what_the_encoder_says_reaches_the_person(tmp_path: Path) -> None:
    (tmp_path / ".film.mp4.part").mkdir()
    with pytest.raises(InputError, match=r"film .*film\.mp4 cannot be written: .*[Ii]s a directory"):
        write(tmp_path / "film.mp4", [0], 30, None)
    assert list(tmp_path.iterdir()) == []


def test_an_encoder_that_is_left_alone_removes_its_file(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    encoder = FilmEncoder(film_encoder_command(), FilmHeader(str(path), "mp4", *SIZE, fps=30, frames=9))
    encoder.add(grey(0))
    with pytest.raises(ProviderError, match=f"ended with {CUT_SHORT}"):
        encoder.finish()
    assert not path.exists()


@pytest.mark.parametrize(
    ("name", "size", "encoder", "problem"),
    [
        ("film.avi", (64, 48), True, r"film.avi: a film is .mp4 or .webm"),
        ("film.mp4", (63, 48), True, "even number of pixels each way, not 63x48"),
        ("film.webm", (64, 48), False, r"needs PyAV, which is not installed: pip install 'holo-app\[film\]'"),
        ("full", (64, 48), True, "not an empty folder"),
    ],
)
def test_a_film_that_cannot_be_is_refused_before_any_work(
    name: str, size: tuple[int, int], encoder: bool, problem: str, tmp_path: Path
) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "kept.txt").touch()
    with pytest.raises(InputError, match=problem):
        check_place(tmp_path / name, size, encoder=encoder)


def test_a_folder_needs_no_encoder_and_no_even_size(tmp_path: Path) -> None:
    check_place(tmp_path / "folder", (63, 47), encoder=False)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return load_settings(data_dir=tmp_path_factory.mktemp("data"), config_file=None, overrides={})


@pytest.mark.parametrize(
    ("out", "written", "pictures"),
    [
        ("turn.mp4", r"turn_qs2x1a0.75\.mp4", None),
        ("turn", "turn", r"frame_000[1-4]_qs2x1a0.75\.png"),
    ],
)
def test_films_of_quilts_say_how_they_are_tiled(
    out: str, written: str, pictures: str | None, settings: Settings, tmp_path: Path
) -> None:
    settings = settings.replaced("display", mode="quilt", quilt_columns=2, quilt_rows=1)
    order = FilmOrder(tmp_path / out, SIZE, 4, quality=Quality(1.0, 0, Detail.LOW))
    told: list[tuple[int, int]] = []
    made = shoot(settings, order, turntable_film(1.0, 4, seed=1), None, lambda done, of: told.append((done, of)))
    assert re.fullmatch(written, made.name)
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    if pictures is not None:
        names = [path.name for path in made.iterdir()]
        assert len(names) == 4
        assert all(re.fullmatch(pictures, name) for name in names)
    else:
        _, levels = pictures_of(made)
        assert len(levels) == 4
        assert min(levels) > 3, "the figure is in every picture"


async def test_a_line_is_what_the_voice_says() -> None:
    line, sound = await line_of(FakeTts(), "Two words.", "en")
    assert line.seconds == sound.seconds == pytest.approx(2 / 3, abs=1e-3)
    assert [cue.viseme for cue in line.cues] == [Viseme.AA, Viseme.SIL] * 2
    assert line.cues[-1].end_s == pytest.approx(sound.seconds)


async def test_a_line_is_acted_clause_by_clause_and_its_tags_are_not_said() -> None:
    line, sound = await line_of(FakeTts(), "[happy] Welcome to the shop! [sorry] We have none left.", "en")
    happy, sorry = line.faces
    assert (happy.expression, sorry.expression) == (Expression.HAPPY, Expression.SORRY)
    assert happy.end_s == sorry.start_s == pytest.approx(4 / 3, abs=1e-3)
    assert sorry.end_s == pytest.approx(sound.seconds)
    assert sound.seconds == pytest.approx(8 / 3, abs=1e-3)
    assert line.cues[-1].end_s == pytest.approx(sound.seconds)


async def test_nothing_to_say_is_refused() -> None:
    with pytest.raises(InputError, match="nothing to say in '…'"):
        await line_of(FakeTts(), "…", "en")


def test_the_sound_is_as_long_as_the_pictures() -> None:
    film = Film(25, 50, lambda: iter(()), sound_at_s=0.6)
    laid = laid_under(film, AudioChunk(b"\1\0" * 1000, 10_000))
    samples = np.frombuffer(laid.pcm, "<i2")
    assert len(samples) == 20_000
    assert np.flatnonzero(samples).tolist() == list(range(6000, 7000))
