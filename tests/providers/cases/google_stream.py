"""Google's speech recognition by gRPC: only where google-cloud-speech is installed."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import metadata

from holo_app.bootstrap.clock import SystemClock
from holo_app.domain.speech import Transcript
from holo_app.domain.usage import ProviderRole
from holo_app.errors import FailureCategory
from holo_app.ports.meter import Meter
from holo_app.providers.google.access import google_access
from holo_app.providers.google.failures import NAME
from holo_app.providers.google.streaming import GoogleStreamingStt
from tests.emulators.faults import Fault
from tests.emulators.google import KEY, GoogleEmulator
from tests.emulators.web import Emulator
from tests.providers.cases.case import Case
from tests.providers.cases.google_speech import RECOGNISER, hear


def installed() -> bool:
    try:
        metadata.version("google-cloud-speech")
    except metadata.PackageNotFoundError:
        return False
    return True


def emulator(text: str = GoogleEmulator().parts[0]) -> Emulator:
    from tests.emulators.google_stream import GoogleStreamEmulator  # noqa: PLC0415 - only where it is installed

    return GoogleStreamEmulator(text)


def make_stt(base_url: str, meter: Meter) -> GoogleStreamingStt:
    clock = SystemClock()
    return GoogleStreamingStt(base_url, google_access(KEY, clock), RECOGNISER, meter, clock)


def heard_right(transcripts: Sequence[Transcript]) -> None:
    text = GoogleEmulator().parts[0]
    assert [transcript.text for transcript in transcripts] == ["How much", text.lower(), text]
    assert [transcript.final for transcript in transcripts] == [False, False, True]
    assert transcripts[-1].confidence == 0.75


_CASE = Case(
    NAME,
    ProviderRole.STT,
    emulator,
    make_stt,
    hear,
    heard_right,
    # gRPC has one status for a service that is away and for a connection that broke
    differs={Fault.CUT: FailureCategory.UNAVAILABLE},
)
CASES = [_CASE] if installed() else []
