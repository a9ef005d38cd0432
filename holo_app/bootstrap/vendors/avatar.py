"""Photo-real characters by name."""

# ruff: noqa: PLC0415 - only the chosen vendor is loaded

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import structlog

from holo_app.bootstrap.vendors.kit import Kit, Vendor
from holo_app.bootstrap.vendors.tts import VOICES
from holo_app.domain.usage import ProviderRole
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.avatar import AvatarFrame, TalkingAvatar
from holo_app.ports.tts import TextToSpeech

if TYPE_CHECKING:
    from holo_app.config.vendors import Akool, LiveAvatar
    from holo_app.providers.livekit_room.avatar import AvatarPlace, SessionPolicy

log = structlog.get_logger(__name__)

_SPOKEN = frozenset({"en", "de", "fr"})
_PATIENCE_S = 0.3
"""A session that has to be opened first is opened for the next sentence; this one is spoken by somebody else."""


class NoScreen:
    """An AvatarScreen where there is none: a check by staff needs no pictures."""

    def show(self, frame: AvatarFrame) -> None:
        """Nobody sees it."""

    def cut(self, utterance: int, sound_s: float = 0.0) -> None:
        """Nobody sees it."""

    def clear(self) -> None:
        """Nobody sees it."""


def _liveavatar(kit: Kit) -> TalkingAvatar:
    return _of_liveavatar("liveavatar", kit)


def _heygen(kit: Kit) -> TalkingAvatar:
    log.info("heygen_is_liveavatar")  # its interactive avatars live on under that name, with keys of their own
    return _of_liveavatar("heygen", kit)


def _of_liveavatar(name: str, kit: Kit) -> TalkingAvatar:
    from holo_app.providers.http.client import HttpClient
    from holo_app.providers.liveavatar.failures import read_refusal
    from holo_app.providers.liveavatar.sessions import LiveAvatarSessions, LiveAvatarSettings
    from holo_app.providers.livekit_room.avatar import RoomAvatar

    section = kit.settings.liveavatar
    settings = LiveAvatarSettings(
        section.avatar_id,
        section.voice_id,
        section.context_id,
        section.quality,
        section.sandbox,
        section.longest_session_s,
        kit.settings.general.language,
    )
    # no key in its headers: each session has a token of its own
    client = HttpClient(name, f"{section.base_url}/", read=read_refusal)
    voice = _own_voice(name, kit) if section.mode == "lite" else None
    sessions = LiveAvatarSessions(client, kit.key("liveavatar"), settings, voice=voice)
    return RoomAvatar(sessions, _place(kit), _policy(section))


def _akool(kit: Kit) -> TalkingAvatar:
    from holo_app.providers.akool.failures import read_refusal
    from holo_app.providers.akool.sessions import AkoolSessions, AkoolSettings
    from holo_app.providers.http.client import HttpClient
    from holo_app.providers.livekit_room.avatar import RoomAvatar

    section = kit.settings.akool
    client = HttpClient("akool", f"{section.base_url}/", {"x-api-key": kit.key("akool")}, read=read_refusal)
    settings = AkoolSettings(
        section.avatar_id, section.voice_id, section.longest_session_s, kit.settings.general.language
    )
    return RoomAvatar(AkoolSessions(client, settings), _place(kit), _policy(section))


def _own_voice(name: str, kit: Kit) -> TextToSpeech:
    """The first voice of the settings, made for the avatar alone. Raises: ProviderError(BAD_REQUEST): there is none."""
    chain = kit.settings.providers.tts
    if not chain:
        raise ProviderError(
            name, FailureCategory.BAD_REQUEST, "liveavatar.mode = lite needs a voice: name one in providers.tts"
        )
    return VOICES[chain[0]].make(kit)


def _place(kit: Kit) -> AvatarPlace:
    from holo_app.providers.livekit_room.avatar import AvatarPlace
    from holo_app.storage.session_book import SESSION_BOOK, FileSessionBook

    book = FileSessionBook(kit.settings.data_dir / SESSION_BOOK)
    return AvatarPlace(kit.screen or NoScreen(), book, kit.meter, kit.clock)


def _policy(section: LiveAvatar | Akool) -> SessionPolicy:
    from holo_app.providers.livekit_room.avatar import SessionPolicy

    return SessionPolicy(section.idle_s, section.longest_session_s, patience_s=_PATIENCE_S, languages=_SPOKEN)


_AVATAR = ProviderRole.AVATAR
PRESENTERS: Mapping[str, Vendor[TalkingAvatar]] = {
    vendor.name: vendor
    for vendor in (
        Vendor(_AVATAR, "liveavatar", _liveavatar, lambda settings: settings.liveavatar.avatar_id, "liveavatar"),
        Vendor(_AVATAR, "heygen", _heygen, lambda settings: settings.liveavatar.avatar_id, "liveavatar"),
        Vendor(_AVATAR, "akool", _akool, lambda settings: settings.akool.avatar_id, "akool"),
    )
}
"""In the order in which `holo-app providers list` shows them."""
