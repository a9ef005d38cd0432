"""What the turn engine remembers about the utterance it hears and the reply it gave."""

from __future__ import annotations

from dataclasses import dataclass, field

from holo_app.dialogue.addressee import AddresseePolicy
from holo_app.dialogue.interruption import InterruptionPolicy
from holo_app.dialogue.turn_end import TurnEndPolicy
from holo_app.dialogue.turn_start import OnsetRule


@dataclass(frozen=True, slots=True)
class TurnSettings:
    """Times in seconds.

    idle, thinking, speaking: what an onset is while the character is silent, about to speak, speaking. duck_probability,
    unduck_after_s: see Restraint. release: probability under which a frame is silence. resume_frames: voiced frames that end a
    silence (one alone is a click). speculate_after_s: silence at which the answer is prepared. go_on_after_s: silence after
    which the character goes on when a sound meant nothing. await_score_s: silence that no turn ends before while the
    end-of-turn model has not answered. reask_s: silences at which it is asked again. partial_every_s, probe_every_s: how
    often a running utterance is transcribed for the caption, and to tell whether it interrupts; half as often in a frame that
    is less probably a voice than sure_voice, with which speech may end. longest_turn_s: a turn is cut there. give_up_s:
    silence after which a turn without any transcript is dropped. invite_s: how long a touch shows "listening". idle_wipe_s: a
    visit ends after so much quiet.
    """

    idle: OnsetRule = OnsetRule(0.5, 4, 6)
    thinking: OnsetRule = OnsetRule(0.5, 5, 7)
    speaking: OnsetRule = OnsetRule(0.6, 3, 4)
    duck_probability: float = 0.6
    unduck_after_s: float = 0.16
    release: float = 0.35
    resume_frames: int = 2
    speculate_after_s: float = 0.06
    go_on_after_s: float = 0.3
    await_score_s: float = 0.45
    reask_s: tuple[float, ...] = (0.5, 0.8)
    partial_every_s: float = 0.6
    sure_voice: float = 0.9
    probe_every_s: float = 0.25
    longest_turn_s: float = 25.0
    give_up_s: float = 4.0
    invite_s: float = 8.0
    idle_wipe_s: float = 60.0
    ending: TurnEndPolicy = TurnEndPolicy()
    interruption: InterruptionPolicy = InterruptionPolicy()
    addressee: AddresseePolicy = field(default_factory=AddresseePolicy)

    def onset_rule(self, reply: Reply | None) -> OnsetRule:
        """What an onset is while there is that reply."""
        if reply is None or not reply.committed:
            return self.idle
        return self.speaking if reply.audible else self.thinking


@dataclass(slots=True)
class Utterance:
    """Sound of the customer between an onset and the end of the turn."""

    number: int
    onset_at: float
    last_voice_at: float
    prefix: str = ""
    """Words of a turn that was committed too early and that this utterance continues."""
    interrupts: bool = False
    """The character was speaking when it began, and nothing is decided yet."""
    held: bool = False
    """The character fell silent for it."""
    cut: bool = False
    """It was too long and is over, whatever is still said."""
    voiced_s: float = 0.0
    loudest_dbfs: float = -100.0
    run: int = 0
    snapshot: int = 0
    asked: bool = False
    reasked: int = 0
    text: str | None = None
    scored: bool = False
    """The end-of-turn model has answered, were it only that it cannot say."""
    sounds_done: float | None = None
    partial: str | None = None
    partial_at: float = 0.0
    """When words were last asked for, or came."""
    partial_pending: bool = False

    def whole_text(self) -> str:
        """Everything understood of this turn."""
        return f"{self.prefix} {self.text or ''}".strip()

    def voice_returned(self) -> None:
        """The customer goes on: what was asked about the silence no longer counts."""
        self.snapshot += 1
        self.asked = False
        self.reasked = 0
        self.text = None
        self.scored = False
        self.sounds_done = None
        self.partial_pending = False


@dataclass(slots=True)
class Reply:
    """What the character answers to one turn."""

    turn: int
    text: str
    committed: bool = False
    audible: bool = False
