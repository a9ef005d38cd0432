"""What a speech server says that it can do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wyoming.event import Event

from holo_app.errors import FailureCategory, ProviderError
from holo_app.providers.http.json_values import inside, list_in, text_in
from holo_app.providers.wyoming.client import connection
from holo_app.providers.wyoming.failures import failure_of
from holo_app.providers.wyoming.messages import Describe


@dataclass(frozen=True, slots=True)
class Described:
    """languages: each primary tag as the server itself writes it ("en" → "en_US"). voices: by name, with their primary tags.

    streaming: transcripts come while somebody still speaks. program: its own name.
    """

    program: str = ""
    languages: Mapping[str, str] = field(default_factory=dict)
    voices: Mapping[str, frozenset[str]] = field(default_factory=dict)
    streaming: bool = False


async def describe(provider: str, address: str, role: str) -> Described:
    """Ask the server at `address`. role: `asr` or `tts`. Raises: ProviderError; BAD_REQUEST: it is a server for something else.

    On a connection of its own: some servers close after each answer.
    """
    async with connection(provider, address) as server:
        await server.send(Describe().event())
        while True:
            event = await server.receive()
            match event.type:
                case "info":
                    return _read(provider, event, role)
                case "error":
                    raise failure_of(provider, event)
                case _:
                    pass


def _read(provider: str, event: Event, role: str) -> Described:
    programs = [program for program in list_in(event.data, role) if _installed(program)]
    if not programs:
        raise ProviderError(
            provider, FailureCategory.BAD_REQUEST, f"the server has no {role}: {', '.join(_roles(event.data))}"
        )
    # a program that is asked without a name answers with its first model or voice
    program = programs[0]
    artifacts = [one for one in list_in(program, "models" if role == "asr" else "voices") if _installed(one)]
    languages: dict[str, str] = {}
    for artifact in artifacts:
        for tag in _tags(artifact):
            languages.setdefault(primary(tag), tag)
    return Described(
        text_in(program, "name"),
        languages,
        {name: frozenset(map(primary, _tags(one))) for one in artifacts if (name := text_in(one, "name"))},
        streaming=inside(program, "supports_transcript_streaming") is True,
    )


def primary(tag: str) -> str:
    """`en` of `en_US` and of `en-GB`."""
    return tag.replace("_", "-").partition("-")[0].lower()


def _installed(artifact: object) -> bool:
    """What does not say so is taken to be there."""
    return isinstance(artifact, dict) and inside(artifact, "installed") is not False


def _tags(artifact: object) -> list[str]:
    return [tag for tag in list_in(artifact, "languages") if isinstance(tag, str) and tag]


def _roles(data: Mapping[str, Any]) -> list[str]:
    return sorted(role for role, programs in data.items() if programs) or ["nothing at all"]
