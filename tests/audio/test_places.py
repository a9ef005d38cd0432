"""Which device a name means."""

from __future__ import annotations

import sys

import pytest

from holo_app.audio.places import Kind, PortDevice, find_place, still_there
from holo_app.audio.sound_server import ServerDevice, ServerView
from holo_app.errors import DeviceError

PULSE = PortDevice(0, "pulse", 32, 32, 44_100)
USB_MIC = PortDevice(1, "Blue Yeti: USB Audio (hw:1,0)", 2, 0, 48_000)
BOARD = PortDevice(2, "HDA Intel PCH: ALC (hw:0,0)", 2, 2, 44_100, frozenset({Kind.MICROPHONE, Kind.SPEAKER}))

YETI = ServerDevice(7, "alsa_input.usb-Yeti", "Blue Yeti Analog Stereo", fallback=False)
WEBCAM = ServerDevice(8, "alsa_input.usb-cam", "HD Webcam", fallback=False)
MONITOR = ServerDevice(9, "alsa_output.usb-Jabra.monitor", "Monitor of Jabra Speak", fallback=True)
JABRA = ServerDevice(3, "alsa_output.usb-Jabra", "Jabra Speak", fallback=False)
NOBODY = ServerDevice(4, "auto_null", "Dummy Output", fallback=True)

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="sound servers are asked on Linux only")


def view(*sources: ServerDevice, default: str = "", sinks: tuple[ServerDevice, ...] = (JABRA,)) -> ServerView:
    return ServerView(sources, sinks, default, "")


@pytest.mark.parametrize("wanted", ["yeti", "BLUE", "usb audio"])
def test_part_of_a_name_in_any_case_is_enough(wanted: str) -> None:
    assert find_place(Kind.MICROPHONE, wanted, [BOARD, USB_MIC], None).port is USB_MIC


def test_without_a_name_it_is_the_systems_choice() -> None:
    assert find_place(Kind.MICROPHONE, "", [USB_MIC, BOARD], None).port is BOARD
    assert find_place(Kind.SPEAKER, "", [USB_MIC, BOARD], None).port is BOARD
    assert find_place(Kind.MICROPHONE, "", [USB_MIC], None).port is USB_MIC


@linux
def test_a_sound_server_is_preferred_and_its_default_taken() -> None:
    place = find_place(Kind.MICROPHONE, "", [BOARD, PULSE], view(YETI, WEBCAM, default=WEBCAM.name))
    assert (place.port, place.server, place.name) == (PULSE, WEBCAM, "HD Webcam")


@linux
def test_a_named_device_is_looked_for_on_the_server_first_and_then_beside_it() -> None:
    assert find_place(Kind.MICROPHONE, "yeti", [USB_MIC, PULSE], view(WEBCAM, YETI)).server is YETI
    assert find_place(Kind.MICROPHONE, "yeti", [USB_MIC, PULSE], view(WEBCAM)).port is USB_MIC


@linux
def test_a_monitor_is_no_microphone_unless_named_in_full() -> None:
    here = view(MONITOR, default=MONITOR.name)
    for wanted in ("", "jabra"):
        with pytest.raises(DeviceError):
            find_place(Kind.MICROPHONE, wanted, [PULSE], here)
    assert find_place(Kind.MICROPHONE, MONITOR.name, [PULSE], here).server is MONITOR


@linux
def test_the_sink_for_nobody_is_no_loudspeaker() -> None:
    with pytest.raises(DeviceError, match="speaker: no device"):
        find_place(Kind.SPEAKER, "", [PULSE], view(sinks=(NOBODY,)))


@linux
def test_the_error_lists_what_was_found() -> None:
    with pytest.raises(DeviceError) as caught:
        find_place(Kind.MICROPHONE, "rode", [PULSE, USB_MIC], view(YETI, MONITOR))
    assert str(caught.value) == (
        "microphone: no device is called 'rode'; found: Blue Yeti Analog Stereo, Blue Yeti: USB Audio (hw:1,0)"
    )
    with pytest.raises(DeviceError, match="speaker: no device; found: none"):
        find_place(Kind.SPEAKER, "", [USB_MIC], None)


@linux
def test_a_device_that_came_back_is_another_one() -> None:
    place = find_place(Kind.MICROPHONE, "", [PULSE], view(YETI))
    again = ServerDevice(12, YETI.name, YETI.label, fallback=False)
    assert still_there(place, view(YETI))
    assert not still_there(place, view(again))
    assert not still_there(place, None)
    assert still_there(find_place(Kind.MICROPHONE, "", [BOARD], None), view(YETI))
