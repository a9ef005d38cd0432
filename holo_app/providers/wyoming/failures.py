"""What a server's `error` event means."""

from __future__ import annotations

from wyoming.event import Event

from holo_app.errors import FailureCategory, ProviderError

_CATEGORIES = frozenset(FailureCategory)
_LONGEST_DETAIL = 300


def failure_of(provider: str, event: Event) -> ProviderError:
    """The protocol leaves the code to each server; ours send a category, and of others only that they failed is known."""
    text, code = event.data.get("text"), event.data.get("code")
    category = FailureCategory.UNAVAILABLE
    if isinstance(code, str) and code in _CATEGORIES:
        category = FailureCategory(code)
    return ProviderError(provider, category, str(text or "it gave no reason")[:_LONGEST_DETAIL])
