"""Videos of answers that were made ahead, in files: shown again without a network."""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from typing import BinaryIO, Final, Protocol

import structlog

from holo_app.providers.akool.videos import VideoOrder

log = structlog.get_logger(__name__)

_SUFFIX: Final = ".mp4"
_PART: Final = ".part"
_LEAST_BYTES: Final = 16
_MARK: Final = b"ftyp"
_HEADER: Final = 8


class MakesVideos(Protocol):
    """Where a video comes from that is not there yet."""

    def made(self, order: VideoOrder) -> AsyncGenerator[bytes]: ...


class ReadyAnswers:
    """Keeps the videos in a folder, one file for each text, avatar, voice and size. What was not asked for longest makes room.

    most_bytes: of all of them. videos: makes what is missing; None: nothing does (there is no network, or no key).
    """

    def __init__(self, folder: Path, most_bytes: int, videos: MakesVideos | None = None) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._videos = videos
        self._making: dict[str, asyncio.Lock] = {}

    def find(self, order: VideoOrder) -> Path | None:
        """The file, if it is there and whole. What is damaged is set aside. Blocking, for a moment."""
        path = self._path(order)
        if not path.is_file():
            return None
        if not _is_video(path):
            _set_aside(path)
            return None
        path.touch()  # asked for now
        return path

    async def get(self, order: VideoOrder) -> Path | None:
        """The file, made first where it is missing, which takes minutes; None: it cannot be made here.

        Raises: ProviderError. OSError: the folder cannot be written to.
        """
        path = self._path(order)
        making = self._making.setdefault(path.name, asyncio.Lock())
        try:
            async with making:
                found = await asyncio.to_thread(self.find, order)
                if found is not None or self._videos is None:
                    return found
                await self._make(order, path, self._videos)
                await asyncio.to_thread(self._make_room, path)
                return await asyncio.to_thread(self.find, order)
        finally:
            if not making.locked():
                self._making.pop(path.name, None)

    async def _make(self, order: VideoOrder, path: Path, videos: MakesVideos) -> None:
        """Written beside and renamed: what is there under its name is whole."""
        self._folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._folder, suffix=_PART)
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as stream:
                async with aclosing(videos.made(order)) as pieces:
                    async for piece in pieces:
                        await asyncio.to_thread(stream.write, piece)
                await asyncio.to_thread(_settle, stream)
            await asyncio.to_thread(part.replace, path)
        finally:
            part.unlink(missing_ok=True)  # noqa: ASYNC240 - at once, also when cancelled

    def _make_room(self, newest: Path) -> None:
        files = sorted((path for path in self._folder.glob(f"*{_SUFFIX}") if path != newest), key=_last_asked)
        total = newest.stat().st_size + sum(path.stat().st_size for path in files)
        for path in files:
            if total <= self._most_bytes:
                return
            total -= path.stat().st_size
            path.unlink(missing_ok=True)
            log.info("ready_answer_dropped", file=path.name)

    def _path(self, order: VideoOrder) -> Path:
        said = "\x00".join([order.text, order.avatar_id, order.voice_id, *map(str, order.size)])
        return self._folder / f"{hashlib.sha256(said.encode()).hexdigest()[:32]}{_SUFFIX}"


def _last_asked(path: Path) -> float:
    return path.stat().st_mtime


def _settle(stream: BinaryIO) -> None:
    stream.flush()
    os.fsync(stream.fileno())


def _is_video(path: Path) -> bool:
    """Whether it begins as an MP4 file does. A download that broke off never gets its name; a disk may still lose a file."""
    with path.open("rb") as stream:
        head = stream.read(_LEAST_BYTES)
    return len(head) == _LEAST_BYTES and head[_HEADER - len(_MARK) : _HEADER] == _MARK


def _set_aside(path: Path) -> None:
    aside = path.with_suffix(".damaged")
    try:
        path.replace(aside)
    except OSError as error:
        log.warning("ready_answer_damaged", file=path.name, reason=error.strerror)
        return
    log.warning("ready_answer_set_aside", file=aside.name)
