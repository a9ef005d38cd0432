"""The operator's settings, as the turn engine takes them."""

from __future__ import annotations

import tomllib

from holo_app.config import Settings
from holo_app.dialogue.interruption import InterruptionPolicy
from holo_app.dialogue.turn_end import TurnEndPolicy
from holo_app.dialogue.turn_start import OnsetRule
from holo_app.dialogue.turn_state import TurnSettings
from holo_app.dialogue.turn_words import TurnWords
from holo_app.resources import resource


def turn_settings(settings: Settings) -> TurnSettings:
    """`[dialogue]` and `[privacy]` of the settings."""
    dialogue = settings.dialogue
    return TurnSettings(
        idle=OnsetRule(dialogue.onset_probability, 4, 6),
        thinking=OnsetRule(dialogue.onset_probability, 5, 7),
        speaking=OnsetRule(dialogue.onset_probability_speaking, 3, 4),
        duck_probability=dialogue.onset_probability_speaking,
        release=dialogue.release_probability,
        speculate_after_s=dialogue.speculate_after_s,
        partial_every_s=dialogue.partial_every_s,
        longest_turn_s=dialogue.longest_turn_s,
        give_up_s=dialogue.give_up_s,
        invite_s=dialogue.invite_s,
        idle_wipe_s=settings.privacy.idle_wipe_s,
        ending=TurnEndPolicy(
            shortest_s=dialogue.shortest_silence_s,
            longest_s=dialogue.longest_silence_s,
            text_weight=dialogue.text_weight,
        ),
        interruption=InterruptionPolicy(confirm_s=dialogue.interruption_confirm_s),
    )


def turn_words() -> dict[str, TurnWords]:
    """Turn-taking words of every language that has them."""
    return {
        path.parent.name: TurnWords(
            **{name: frozenset(phrases) for name, phrases in tomllib.loads(path.read_text(encoding="utf-8")).items()}
        )
        for path in sorted(resource("language").glob("*/turn_taking.toml"))
    }
