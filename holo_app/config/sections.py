"""What can be set, with its default and its bounds. `Settings()` is the pure defaults: no file, no environment.

Each field's `description` is what `holo-app settings` and the README say about it.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Literal, Self

import platformdirs
from pydantic import Field, ValidationInfo, field_validator

from holo_app.config import vendors
from holo_app.config.section import Folder, Name, Probability, Section


def default_data_dir() -> Path:
    """The platform's folder for a user's application data."""
    return Path(platformdirs.user_data_dir("holo", appauthor=False))


class DisplayMode(StrEnum):
    """How the character is drawn."""

    AUTO = "auto"
    FLAT = "flat"
    PYRAMID = "pyramid"
    STEREO = "stereo"
    FAN = "fan"
    HOLOLUMINESCENT = "hololuminescent"
    QUILT = "quilt"
    LENTICULAR = "lenticular"


class General(Section):
    """Where things are kept, and who speaks in which language."""

    data_dir: Folder = Field(
        default_factory=default_data_dir, description="Folder of the database, the logs and the settings file."
    )
    models_dir: Folder | None = Field(
        default=None, description="Folder of the speech models, where it is not the one that was installed."
    )
    language: Literal["en", "de", "fr"] = Field(
        default="en", description="Language of the screen and of the first words of a visit."
    )
    character: Name = Field(
        default="", description="Id of the character who speaks; empty: the first one of the database."
    )


class Character(Section):
    """Who stands on the stage."""

    look: Literal["dusk", "ember"] = Field(default="dusk", description="What the character looks like.")
    avatar: Folder | None = Field(
        default=None, description="A .glb, .gltf or .vrm file that is shown instead of the built-in character."
    )


class Audio(Section):
    """Sound devices."""

    input: Name = Field(default="", description="Name, or part of it, of the microphone; empty: the system's choice.")
    output: Name = Field(default="", description="Name, or part of it, of the loudspeaker; empty: the system's choice.")
    output_gain_db: float = Field(default=0.0, ge=-40, le=6, description="Loudness of the voice, in decibels.")
    echo: Literal["both", "speex", "webrtc", "off"] = Field(
        default="both",
        description="What takes the kiosk's own voice out of the microphone's sound; off: nothing, for a headset.",
    )


class Dialogue(Section):
    """When a turn begins, when it ends, and what an interruption is."""

    onset_probability: Probability = Field(
        default=0.5, description="Voice score from which a frame counts as speech, while the character is silent."
    )
    onset_probability_speaking: Probability = Field(
        default=0.6, description="The same while the character speaks: higher, because of its echo."
    )
    release_probability: Probability = Field(
        default=0.35, description="Voice score under which a frame counts as silence; below both onset scores."
    )
    shortest_silence_s: float = Field(
        default=0.32, ge=0.1, le=2, description="Silence that ends a turn that sounds and reads finished, in seconds."
    )
    longest_silence_s: float = Field(
        default=1.2, ge=0.3, le=5, description="Silence that ends any turn, in seconds; not below the shortest."
    )
    text_weight: float = Field(
        default=0.6, ge=0, le=1, description="Share of the words against the sound in telling whether a turn is over."
    )
    interruption_confirm_s: float = Field(
        default=1.0, ge=0.1, le=3, description="Voice of this length with words in it is an interruption, in seconds."
    )
    speculate_after_s: float = Field(
        default=0.06, ge=0.03, le=1, description="Silence at which the answer is prepared, in seconds."
    )
    partial_every_s: float = Field(
        default=0.6,
        ge=0.2,
        le=5,
        description="How often a running question is transcribed for its caption, in seconds.",
    )
    longest_turn_s: float = Field(
        default=25.0, ge=5, le=60, description="A question is cut at this length, in seconds."
    )
    give_up_s: float = Field(
        default=4.0, ge=1, le=15, description="Silence after which a sound without words is dropped, in seconds."
    )
    retrieval_deadline_s: float = Field(
        default=1.5, ge=0.2, le=10, description="After this time an answer goes on without the shop's data, in seconds."
    )
    first_text_deadline_s: float = Field(
        default=1.5, ge=0.3, le=10, description="An answerer without a first word by then is replaced, in seconds."
    )
    next_text_deadline_s: float = Field(
        default=2.0, ge=0.3, le=10, description="An answer that stalls for this long ends where it is, in seconds."
    )
    transcript_deadline_s: float = Field(
        default=3.5, ge=0.5, le=15, description="Speech recognition counts as failed after this time, in seconds."
    )
    end_of_turn_deadline_s: float = Field(
        default=1.0, ge=0.1, le=5, description="A turn ends without the end-of-turn model's score by then, in seconds."
    )
    filler_after_s: float = Field(
        default=0.9, ge=0.3, le=10, description='Wait for an answer after which "one moment" is said, in seconds.'
    )
    invite_s: float = Field(default=8.0, ge=2, le=60, description='How long a touch shows "listening", in seconds.')

    @field_validator("release_probability")
    @classmethod
    def _release_under_onset(cls, value: float, info: ValidationInfo) -> float:
        onsets = [info.data[name] for name in ("onset_probability", "onset_probability_speaking") if name in info.data]
        if onsets and value >= min(onsets):
            raise ValueError(f"it must be below both onset probabilities (here {min(onsets)})")
        return value

    @field_validator("longest_silence_s")
    @classmethod
    def _cap_over_shortest(cls, value: float, info: ValidationInfo) -> float:
        shortest = info.data.get("shortest_silence_s")
        if shortest is not None and value < shortest:
            raise ValueError(f"it must not be below shortest_silence_s (here {shortest})")
        return value


class Voice(Section):
    """Speech synthesis."""

    threads: int = Field(default=2, ge=1, le=16, description="Processor threads for speech synthesis.")
    first_sound_deadline_s: float = Field(
        default=3.0, ge=0.5, le=15, description="A sentence without sound by then is shown as text only, in seconds."
    )
    next_sound_deadline_s: float = Field(
        default=3.0, ge=0.3, le=10, description="A sentence whose sound stalls for this long ends there, in seconds."
    )


class Display(Section):
    """The hologram's picture."""

    mode: DisplayMode = Field(
        default=DisplayMode.AUTO, description="How the character is drawn; auto: as the display's model needs it."
    )
    screen: Name = Field(
        default="auto",
        description="The hologram's screen: auto, or its number from 0, connector, serial number or model.",
    )
    touch_screen: Name = Field(
        default="",
        description="A second screen for words, cards, touch and staff, named likewise; empty: all on one screen.",
    )
    fullscreen: bool = Field(default=True, description="Cover the whole screen.")
    fps_cap: int = Field(default=60, ge=5, le=120, description="Most frames drawn per second.")
    vertical_offset: float = Field(
        default=0.0, ge=-0.5, le=0.5, description="Moves the character up (or down), in shares of the picture's height."
    )
    scan_lines: float = Field(
        default=0.1, ge=0, le=1, description="Strength of the fine lines that wander over the character."
    )
    bloom: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="Glow around what is bright; not set: some with a graphics card, none without.",
    )
    turn: Literal[0, 90, 180, 270] = Field(
        default=0, description="How far clockwise a flat screen hangs turned, in degrees."
    )
    mirrored: bool = Field(
        default=False,
        description="Left and right change places: a flat screen that is seen in a mirror (Pepper's ghost).",
    )
    offset_x: float = Field(
        default=0.0, ge=-0.5, le=0.5, description="Moves the picture to the right, as seen, in shares of the screen."
    )
    offset_y: float = Field(default=0.0, ge=-0.5, le=0.5, description="The same upwards.")
    scale: float = Field(
        default=1.0, ge=0.2, le=2, description="Size of the picture on a flat screen, under a pyramid or on a fan."
    )
    pyramid_sides: Literal[3, 4] = Field(default=4, description="How many sides a pyramid has.")
    pyramid_base: Literal["in", "out"] = Field(
        default="in",
        description="Where the character stands: with its base at the middle of the screen, or at its edge.",
    )
    pyramid_mirrored: bool = Field(
        default=True, description="Left and right change places in each copy: each side of a pyramid is a mirror."
    )
    pyramid_gap: float = Field(
        default=0.1, ge=0, le=0.6, description="The free circle in the middle, in shares of half the screen."
    )
    stereo_layout: Literal["side-by-side", "top-bottom"] = Field(
        default="side-by-side", description="Where the two eyes' pictures are."
    )
    stereo_half: bool = Field(
        default=True,
        description="Each eye's picture is squeezed into half of an ordinary one; else there is room for two.",
    )
    stereo_swapped: bool = Field(default=False, description="The right eye's picture comes first.")
    stereo_eyes: float = Field(
        default=3.2,
        ge=0,
        le=10,
        description="How far the two eyes' views are apart: the depth; the head is some 20 high.",
    )
    fan_hub: float = Field(
        default=0.0, ge=0, le=0.5, description="How much of a fan's radius has no lights, around its axle."
    )
    fan_fill: float = Field(
        default=1.2, ge=0.5, le=1.41, description="How far the picture reaches; above 1 its corners are cut off."
    )
    fan_fps: int = Field(
        default=30, ge=5, le=120, description="Frames a second that a fan takes, where fewer than fps_cap: 25 or 30."
    )
    safe_top: float = Field(default=0.09, ge=0, le=0.4, description="Free edge of a hololuminescent display, above.")
    safe_bottom: float = Field(default=0.03, ge=0, le=0.4, description="The same below.")
    safe_sides: float = Field(default=0.03, ge=0, le=0.4, description="The same at both sides.")
    quilt_columns: int = Field(default=8, ge=1, le=32, description="Views beside each other in a quilt.")
    quilt_rows: int = Field(
        default=6, ge=1, le=32, description="Views above each other in a quilt; 256 in all at most."
    )
    view_aspect: float = Field(
        default=0.75, ge=0.2, le=5, description="Width / height of what one view of a light-field display shows."
    )
    view_cone: float = Field(
        default=40.0, ge=5, le=90, description="Degrees in which a light-field display is seen; its calibration tells."
    )
    calibration: Folder | None = Field(
        default=None,
        description="The calibration file (visual.json) of a lenticular panel, which comes with the panel.",
    )
    lens_center: float = Field(
        default=0.0, ge=-0.5, le=0.5, description="Moves a lenticular panel's lenses sideways, in lens widths."
    )
    lens_pitch: float = Field(
        default=0.0,
        ge=-0.01,
        le=0.01,
        description="Makes a lenticular panel's lenses closer, in shares of their pitch.",
    )
    depth_focus: float = Field(
        default=4.0,
        ge=-10,
        le=10,
        description="What stands so far before the character's middle lies in the glass itself.",
    )


class Privacy(Section):
    """How long anything of a customer stays on the device."""

    transcript_ttl_hours: int = Field(default=24, ge=1, le=24, description="Conversations are erased after this time.")
    idle_wipe_s: float = Field(
        default=60.0,
        ge=10,
        le=600,
        description="Quiet after which a visit ends and its words leave the screen, in seconds.",
    )


class Logging(Section):
    """What goes into the log file."""

    level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="Least severity kept.")
    visitor_text: bool = Field(
        default=False, description="For developers only: also log what customers say. Never in a shop."
    )


class Settings(Section):
    """All of it. Frozen; made by `load_settings`, or `Settings()` for the defaults."""

    general: General = Field(default_factory=General)
    character: Character = Field(default_factory=Character)
    audio: Audio = Field(default_factory=Audio)
    dialogue: Dialogue = Field(default_factory=Dialogue)
    voice: Voice = Field(default_factory=Voice)
    display: Display = Field(default_factory=Display)
    privacy: Privacy = Field(default_factory=Privacy)
    logging: Logging = Field(default_factory=Logging)
    providers: vendors.Providers = Field(default_factory=vendors.Providers)
    openai: vendors.OpenAi = Field(default_factory=vendors.OpenAi)
    openrouter: vendors.OpenRouter = Field(default_factory=vendors.OpenRouter)
    ollama: vendors.Ollama = Field(default_factory=vendors.Ollama)
    llamacpp: vendors.LlamaCpp = Field(default_factory=vendors.LlamaCpp)
    vllm: vendors.Vllm = Field(default_factory=vendors.Vllm)
    gemini: vendors.Gemini = Field(default_factory=vendors.Gemini)
    anthropic: vendors.Anthropic = Field(default_factory=vendors.Anthropic)
    deepgram: vendors.Deepgram = Field(default_factory=vendors.Deepgram)
    google: vendors.Google = Field(default_factory=vendors.Google)
    azure: vendors.Azure = Field(default_factory=vendors.Azure)
    elevenlabs: vendors.ElevenLabs = Field(default_factory=vendors.ElevenLabs)
    cartesia: vendors.Cartesia = Field(default_factory=vendors.Cartesia)
    wyoming: vendors.Wyoming = Field(default_factory=vendors.Wyoming)
    whisper: vendors.Whisper = Field(default_factory=vendors.Whisper)
    kokoro: vendors.Kokoro = Field(default_factory=vendors.Kokoro)
    liveavatar: vendors.LiveAvatar = Field(default_factory=vendors.LiveAvatar)
    akool: vendors.Akool = Field(default_factory=vendors.Akool)

    @property
    def data_dir(self) -> Path:
        """Folder of the database, the logs and the settings file."""
        return self.general.data_dir

    def replaced(self, section: str, **values: object) -> Self:
        """A copy with some values of one section changed, checked again. Raises ValueError: a value is not allowed."""
        changed = {**getattr(self, section).model_dump(), **values}
        return type(self).model_validate({**self.model_dump(), section: changed})
