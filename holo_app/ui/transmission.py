"""Brings a cloud avatar's picture of the moment to the stage, in the thread that draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from holo_app.ports.avatar import AvatarFrame
from holo_app.ui.cloud_frames import CloudFrames

if TYPE_CHECKING:
    from holo_app.hologram.cast import FigureMaker
    from holo_app.hologram.plane import PictureFeed


@dataclass(frozen=True, slots=True)
class CloudAvatar:
    """frames: where its pictures come from. backdrop: what of them is left out; see `hologram.transmission.backdrop_key`."""

    frames: CloudFrames
    backdrop: str = "none"


class Receiver:
    """Feeds the plane; made where the hologram is loaded."""

    def __init__(self, frames: CloudFrames, feed: PictureFeed) -> None:
        self._frames = frames
        self._feed = feed
        self._shown: AvatarFrame | None = None

    def bring(self, position_s: float, now_s: float) -> None:
        """Before a frame is drawn; position_s: what is heard when it is seen."""
        from holo_app.hologram.transmission import stage_picture  # noqa: PLC0415 - numpy; loaded by now

        frame = self._frames.due(position_s, now_s)
        if frame is self._shown:
            return
        self._shown = frame
        if frame is None:
            self._feed.clear()
        else:
            self._feed.show(stage_picture(frame.rgba, (frame.width, frame.height)))


def received(figures: FigureMaker, cloud: CloudAvatar) -> tuple[FigureMaker, Receiver]:
    """The figures with a cloud avatar in their place while there is one, and what brings its pictures."""
    from holo_app.hologram.plane import PictureFeed, Screened  # noqa: PLC0415 - the window must not wait for numpy
    from holo_app.hologram.transmission import Transmission, backdrop_key  # noqa: PLC0415 - as above

    feed = PictureFeed()
    screened = Screened(feed, key=backdrop_key(cloud.backdrop))
    return Transmission(figures, screened), Receiver(cloud.frames, feed)
