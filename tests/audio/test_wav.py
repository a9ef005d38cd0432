"""WAV files of every supported kind, and damaged ones."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from holo_app.audio.wav import WavWriter, read_wav
from holo_app.errors import InputError

RAMP = np.linspace(-0.9, 0.9, 1001)


def wav_bytes(kind: int, bits: int, channels: int, data: bytes, *, rate: int = 22_050) -> bytes:
    frame = channels * bits // 8
    form = struct.pack("<HHIIHH", kind, channels, rate, rate * frame, frame, bits)
    return b"".join(
        [b"RIFF", struct.pack("<I", 0xFFFFFFFF), b"WAVE", b"LIST", struct.pack("<I", 3), b"abc\0",
         b"fmt ", struct.pack("<I", len(form)), form, b"data", struct.pack("<I", len(data)), data]
    )  # fmt: skip


def encoded(kind: int, bits: int) -> bytes:
    match kind, bits:
        case (1, 8):
            return bytes(np.rint(RAMP * 127 + 128).astype(np.uint8))
        case (1, 24):
            wide = np.rint(RAMP * (2**31 - 1)).astype("<i4").view(np.uint8).reshape(-1, 4)
            return bytes(np.ascontiguousarray(wide[:, 1:]))
        case (1, _):
            return bytes(np.rint(RAMP * (2 ** (bits - 1) - 1)).astype(f"<i{bits // 8}").data)
        case _:
            return RAMP.astype(f"<f{bits // 8}").tobytes()


@pytest.mark.parametrize(("kind", "bits"), [(1, 8), (1, 16), (1, 24), (1, 32), (3, 32), (3, 64)])
def test_every_width_gives_the_same_sound(tmp_path: Path, kind: int, bits: int) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav_bytes(kind, bits, 1, encoded(kind, bits)))
    audio = read_wav(path)
    assert audio.rate_hz == 22_050
    assert np.frombuffer(audio.pcm, "<i2") / 32768 == pytest.approx(RAMP, abs=0.02 if bits == 8 else 1e-4)


def test_channels_are_averaged(tmp_path: Path) -> None:
    both = np.stack([np.full(100, 1000), np.full(100, 3000)], axis=1).astype("<i2")
    path = tmp_path / "stereo.wav"
    path.write_bytes(wav_bytes(1, 16, 2, both.tobytes()))
    assert set(np.frombuffer(read_wav(path).pcm, "<i2")) == {2000}


def test_an_extensible_header_names_its_kind_inside(tmp_path: Path) -> None:
    data = RAMP.astype("<f4").tobytes()
    form = struct.pack("<HHIIHHHHIH14s", 0xFFFE, 1, 48_000, 192_000, 4, 32, 22, 32, 4, 3, bytes(14))
    path = tmp_path / "x.wav"
    path.write_bytes(
        b"RIFF\0\0\0\0WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(data)) + data
    )
    assert read_wav(path).samples == len(RAMP)


def test_a_file_cut_off_in_the_middle_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "cut.wav"
    path.write_bytes(wav_bytes(1, 16, 1, encoded(1, 16))[:-501])
    assert read_wav(path).samples == len(RAMP) - 251


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"ID3 something else", "not a WAV file"),
        (b"RIFF\0\0\0\0WAVE", "lacks its format"),
        (wav_bytes(7, 8, 1, b"abc"), "not supported"),
        (wav_bytes(1, 16, 0, b"abcd"), "makes no sense"),
    ],
)
def test_an_unusable_file_is_named_with_its_fault(tmp_path: Path, data: bytes, says: str) -> None:
    path = tmp_path / "odd.wav"
    path.write_bytes(data)
    with pytest.raises(InputError, match=says) as caught:
        read_wav(path)
    assert str(path) in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.wav: cannot be read"):
        read_wav(tmp_path / "nowhere.wav")
    with pytest.raises(InputError, match="cannot be written"):
        WavWriter(tmp_path / "no" / "folder.wav", 16_000)


def test_a_file_is_whole_after_every_write(tmp_path: Path) -> None:
    path = tmp_path / "out.wav"
    writer = WavWriter(path, 24_000)
    pieces = [b"\1\0" * 10, b"\2\0" * 5, b""]
    for count in range(len(pieces)):
        writer.write(pieces[count])
        assert read_wav(path).pcm == b"".join(pieces[: count + 1])
    writer.close()
    writer.close()
    assert read_wav(path).rate_hz == 24_000


@given(st.binary(max_size=200))
def test_no_bytes_make_it_fail_in_another_way(tmp_path_factory: pytest.TempPathFactory, tail: bytes) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "f.wav"
    path.write_bytes(b"RIFF\0\0\0\0WAVE" + tail)
    with pytest.raises(InputError):
        read_wav(path)
