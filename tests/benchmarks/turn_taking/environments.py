"""Where each stack runs: ours here, each framework in a virtual environment of its own, made once in the cache folder.

The frameworks are compared with, never depended on: nothing of them is installed beside the product.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path

from tests.benchmarks.environment import environment


@dataclass(frozen=True, slots=True)
class Stack:
    """module: its adapter, run as a process. requirements: what its environment holds; none: this very environment.

    variants: settings beside its default ones; the adapter tells what they are.
    """

    module: str
    requirements: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()


STACKS = {
    "ours": Stack("tests.benchmarks.turn_taking.ours", variants=("segmented",)),
    "pipecat": Stack(
        "tests.benchmarks.turn_taking.pipecat_stack",
        ("pipecat-ai[silero]==1.14.0", "numpy"),
        ("segmented", "timeout"),
    ),
    "livekit": Stack(
        "tests.benchmarks.turn_taking.livekit_stack",
        ("livekit-agents==1.8.9", "livekit-plugins-silero==1.8.9", "numpy"),
        ("segmented", "fast"),
    ),
}


def known_names() -> list[str]:
    """Every stack, and every `stack:variant`."""
    return [
        full for name, stack in STACKS.items() for full in (name, *(f"{name}:{variant}" for variant in stack.variants))
    ]


def interpreter(name: str) -> Path:
    """The Python that runs a stack; its environment is made where it must be.

    Raises: as `environment`.
    """
    requirements = STACKS[name].requirements
    if not requirements:
        return Path(sys.executable)
    return environment(user_cache_path("holo-app") / "turn-taking" / name, requirements)
