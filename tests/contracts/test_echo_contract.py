"""What every EchoCanceller promises."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np
import pytest

from holo_app.bootstrap.substitutes import NoEcho
from holo_app.domain.audio import CAPTURE_RATE_HZ
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.echo import ECHO_FRAME_BYTES, ECHO_FRAME_SAMPLES, ECHO_REACH_S, EchoCanceller
from holo_app.providers.speex import echo as speex
from holo_app.providers.speex.echo import SpeexEcho
from holo_app.providers.webrtc.echo import WebrtcEcho
from tests.fakes.rooms import BOOTH, EchoPath, Floats
from tests.fakes.sounds import pcm, voice

SETTLING_S = 3.0


def webrtc() -> EchoCanceller:
    if find_spec("livekit") is None:
        pytest.skip("livekit is not installed")
    return WebrtcEcho()


def speexdsp() -> EchoCanceller:
    try:
        return SpeexEcho()
    except ProviderError as error:
        pytest.skip(str(error))


@dataclass(frozen=True)
class Case:
    make: Callable[[], EchoCanceller]
    cancels: bool = True


CASES = [
    pytest.param(Case(webrtc), id="webrtc"),
    pytest.param(Case(speexdsp), id="speex"),
    pytest.param(Case(NoEcho, cancels=False), id="none"),
]


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest) -> Case:
    assert isinstance(request.param, Case)
    return request.param


def in_room(played: Floats, *, delay_s: float) -> Floats:
    return 0.5 * EchoPath(BOOTH, delay_s).echo(played)


def frames(sound: Floats) -> Iterator[bytes]:
    whole = pcm(sound)
    for start in range(0, len(whole) - ECHO_FRAME_BYTES + 1, ECHO_FRAME_BYTES):
        yield whole[start : start + ECHO_FRAME_BYTES]


def run(echo: EchoCanceller, played: Floats, heard: Floats) -> Floats:
    clean = []
    for far, near in zip(frames(played), frames(heard), strict=True):
        echo.played(far)
        clean.append(echo.cleaned(near))
    assert {len(frame) for frame in clean} == {ECHO_FRAME_BYTES}
    return np.frombuffer(b"".join(clean), "<i2") / 32768


def attenuation_db(heard: Floats, clean: Floats) -> float:
    settled = slice(round(SETTLING_S * CAPTURE_RATE_HZ), None)
    return float(10 * np.log10(np.sum(heard[settled] ** 2) / (np.sum(clean[settled] ** 2) + 1e-9)))


def spectra(sound: Floats) -> Floats:
    """How loud each frequency is in each 32 ms, (windows, frequencies), without the hum that a canceller may take away."""
    windows = np.lib.stride_tricks.sliding_window_view(sound, 512)[::160] * np.hanning(512)
    return np.asarray(np.abs(np.fft.rfft(windows, axis=1))[:, 4:], dtype=np.float64)


def likeness(one: Floats, other: Floats) -> float:
    """Correlation of the spectra at the best lag of 0 to 10 ms: a canceller may turn phases, which no ear hears."""
    wanted = spectra(other)
    lags = range(0, ECHO_FRAME_SAMPLES + 1, 16)
    return max(_correlation(spectra(np.append(one[lag:], np.zeros(lag))), wanted) for lag in lags)


def _correlation(one: Floats, other: Floats) -> float:
    return float(np.sum(one * other) / np.sqrt(np.sum(one**2) * np.sum(other**2)))


def test_silence_stays_silence(case: Case) -> None:
    nothing = np.zeros(2 * CAPTURE_RATE_HZ)
    assert np.max(np.abs(run(case.make(), nothing, nothing))) < 4 / 32768


def test_a_voice_comes_through_unharmed_while_nothing_is_played(case: Case) -> None:
    near = voice(6, faster=1.2)
    clean = run(case.make(), np.zeros(len(near)), near)

    assert likeness(clean, near) > 0.97
    assert 0.8 < np.std(clean) / np.std(near) < 1.2


def test_a_quiet_voice_is_no_noise(case: Case) -> None:
    near = voice(6) * 0.02
    clean = run(case.make(), np.zeros(len(near)), near)

    assert likeness(clean, near) > 0.95


@pytest.mark.parametrize("delay_s", [0.0, 0.02, ECHO_REACH_S])
def test_the_echo_of_what_was_played_goes_within_three_seconds(case: Case, delay_s: float) -> None:
    if not case.cancels:
        pytest.skip("it takes nothing away")
    played = voice(8)
    heard = in_room(played, delay_s=delay_s)

    assert attenuation_db(heard, run(case.make(), played, heard)) >= 15


def test_it_starts_anew_after_a_reset(case: Case) -> None:
    played = voice(3)
    heard = in_room(played, delay_s=0.02)
    echo = case.make()
    first = run(echo, played, heard)
    echo.reset()
    again = run(echo, played, heard)

    assert likeness(first, again) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("samples", [0, ECHO_FRAME_SAMPLES - 1, ECHO_FRAME_SAMPLES + 1, 2 * ECHO_FRAME_SAMPLES])
def test_a_frame_of_another_size_is_refused_and_spoils_nothing(case: Case, samples: int) -> None:
    echo = case.make()
    with pytest.raises(ValueError, match="a frame holds 160 samples"):
        echo.played(bytes(2 * samples))
    with pytest.raises(ValueError, match="a frame holds 160 samples"):
        echo.cleaned(bytes(2 * samples))

    echo.played(bytes(ECHO_FRAME_BYTES))
    assert len(echo.cleaned(bytes(ECHO_FRAME_BYTES))) == ECHO_FRAME_BYTES


def test_a_missing_library_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speex, "_FILES", ("no-such-library.so.1",))
    with pytest.raises(ProviderError, match="libspeexdsp1") as caught:
        SpeexEcho()
    assert caught.value.category is FailureCategory.UNAVAILABLE


def test_a_missing_package_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "livekit", None)
    with pytest.raises(ProviderError, match="livekit") as caught:
        WebrtcEcho()
    assert caught.value.category is FailureCategory.UNAVAILABLE
