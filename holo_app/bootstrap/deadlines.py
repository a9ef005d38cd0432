"""The operator's deadlines, as the stages of a turn take them."""

from __future__ import annotations

from holo_app.config import Settings
from holo_app.dialogue.deadlines import StageDeadlines


def stage_deadlines(settings: Settings) -> StageDeadlines:
    """Those of `[dialogue]` and `[voice]` of the settings."""
    dialogue, voice = settings.dialogue, settings.voice
    return StageDeadlines(
        retrieve_s=dialogue.retrieval_deadline_s,
        first_text_s=dialogue.first_text_deadline_s,
        next_text_s=dialogue.next_text_deadline_s,
        first_sound_s=voice.first_sound_deadline_s,
        next_sound_s=voice.next_sound_deadline_s,
        transcript_s=dialogue.transcript_deadline_s,
        end_of_turn_s=dialogue.end_of_turn_deadline_s,
        filler_after_s=dialogue.filler_after_s,
    )
