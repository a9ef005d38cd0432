"""Which languages Deepgram's models understand, as BCP 47 primary tags. Source: its documentation, October 2026."""

from __future__ import annotations

_NOVA_3_TAGS = (
    "af ar be bn bs bg ca zh hr cs da nl en et fi fr gl de el gu he hi hu id it ja kn ko lv lt mk ms mr no fa pl pt ro ru sr"
    " sk sl es sv tl ta te th tr uk vi xh zu"
)
_NOVA_2_TAGS = "bg ca zh cs da nl en et fi fr de el hi hu id it ja ko lv lt ms no pl pt ro ru sk es sv th tr uk vi"
_NOVA_3, _NOVA_2 = frozenset(_NOVA_3_TAGS.split()), frozenset(_NOVA_2_TAGS.split())
_FLUX = frozenset({"en", "es", "fr", "de", "hi", "ru", "pt", "ja", "it", "nl"})
_ENGLISH = frozenset({"en"})
_GENERAL = {"nova-3": _NOVA_3, "nova-3-general": _NOVA_3, "nova-2": _NOVA_2, "nova-2-general": _NOVA_2}


def of_nova(model: str) -> frozenset[str]:
    """Those of a model of `/v1/listen`; of one that is not known, English."""
    return _GENERAL.get(model, _ENGLISH)


def of_flux(model: str) -> frozenset[str]:
    """Those of a model of `/v2/listen`."""
    return _FLUX if model.endswith("-multi") else _ENGLISH


def understands_all(model: str) -> bool:
    """Whether a model of `/v1/listen` understands all of its languages at once, and says which one it heard."""
    return of_nova(model) == _NOVA_3
