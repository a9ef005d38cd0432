"""What may not reach a log: visitors' words, secrets, endless values. structlog processors."""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

VISITOR_PREFIX = "pii_"
MASK = "***"
_LONGEST_TEXT = 2_000
_DEEPEST = 6
_SECRET_WORDS = frozenset(
    {"token", "secret", "password", "passphrase", "authorization", "cookie", "credential", "apikey"}
)
_SECRET_PAIRS = ("api_key", "private_key", "access_key", "pin_hash")
_SECRET_TEXT = re.compile(
    r"""
    (?P<scheme>\b(?:bearer|basic)\s+)[\w.~+/=-]{8,}                 # an Authorization header
    | \beyJ[\w-]{8,}\.[\w-]+\.[\w-]*                                # a JSON web token
    | \b(?:sk|pk|rk|ghp|gho|xox[abp])[-_][\w-]{16,}                 # keys with a maker's prefix
    | (?P<url>\b[a-z][a-z0-9+.-]*://[^\s/:@]*:)[^\s/@]+(?=@)         # a password in an address
    | (?P<named>(?:api_?key|token|secret|password|passphrase|pin_hash)["']?\s*[=:]\s*["']?)[^\s"'&,;]+
    """,
    re.VERBOSE | re.IGNORECASE,
)

EventDict = MutableMapping[str, Any]


def drop_visitor_text(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Leave out each `pii_` key, at any depth."""
    return {key: _without_visitor_text(value) for key, value in event.items() if not _is_visitor_text(key)}


def mask_secrets(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Mask what is named or looks like a secret, and cut endless texts, at any depth."""
    return {key: _masked(key, value, 0) for key, value in event.items()}


def mask_text(text: str) -> str:
    """`text` with everything that looks like a secret masked."""
    return _SECRET_TEXT.sub(_mask_match, text)


def _is_visitor_text(key: object) -> bool:
    return isinstance(key, str) and key.startswith(VISITOR_PREFIX)


def _without_visitor_text(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _without_visitor_text(inner) for key, inner in value.items() if not _is_visitor_text(key)}
    if isinstance(value, list | tuple):
        return [_without_visitor_text(inner) for inner in value]
    return value


def _masked(key: object, value: object, depth: int) -> object:
    if isinstance(key, str) and _names_secret(key):
        return MASK
    if depth > _DEEPEST:
        return "…"
    match value:
        case Mapping():
            return {str(inner): _masked(inner, held, depth + 1) for inner, held in value.items()}
        case list() | tuple():
            return [_masked("", held, depth + 1) for held in value]
        case bool() | int() | float() | None:
            return value
        case _:
            return _cut(mask_text(str(value)))


def _names_secret(key: str) -> bool:
    name = key.lower().replace("-", "_")
    return not _SECRET_WORDS.isdisjoint(name.split("_")) or any(pair in name for pair in _SECRET_PAIRS)


def _mask_match(match: re.Match[str]) -> str:
    kept = match["scheme"] or match["url"] or match["named"] or ""
    return f"{kept}{MASK}"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}… ({len(text)} characters)"
