"""How long a provider may keep a customer waiting, and how often it is asked again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CallLimits:
    """Of one call, in seconds; connecting has the limit of the adapter's own connection, and counts towards first_s.

    first_s: until the first result, retries and their waits included; for recognition from the end of the sound to the words.
    Where another provider has just fallen silent it is only suspected_share of it, and where two have, only that of that:
    without a network the kiosk answers all the sooner. next_s: between results. total_s: all waits together. retries: before
    the first result only, backoff_s after the first failure and twice that after each more, less up to a quarter at random.
    """

    first_s: float
    next_s: float
    total_s: float = 30.0
    suspected_share: float = 0.5
    retries: int = 1
    backoff_s: float = 0.1


STT_LIMITS = CallLimits(first_s=0.6, next_s=1.2)
LLM_LIMITS = CallLimits(first_s=1.2, next_s=0.8)
TTS_LIMITS = CallLimits(first_s=0.6, next_s=0.25)
AVATAR_LIMITS = CallLimits(first_s=1.0, next_s=0.25)
"""Of an avatar that speaks: its sound comes with its pictures, and later than a voice alone."""
