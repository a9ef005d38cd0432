"""A kiosk without providers loads nothing of them."""

from __future__ import annotations

import json
import subprocess
import sys

_LOOK = """
import json, sys
import holo_app.bootstrap.engine, holo_app.bootstrap.kiosk, holo_app.bootstrap.conversing, holo_app.cli.app
json.dump(sorted(sys.modules), sys.stdout)
"""
_OF_THE_CLOUD = ("httpx2", "websockets", "keyring", "jwt", "grpc", "google.cloud", "livekit", "aiortc")
_OURS = ("holo_app.bootstrap.providers_in_use", "holo_app.knowledge.assistant", "holo_app.providers.http")
_VENDORS = (
    "openai", "gemini", "anthropic", "deepgram", "google", "azure", "elevenlabs", "cartesia", "wyoming_speech", "whisper",
    "kokoro", "llamacpp", "liveavatar", "akool",
)  # fmt: skip


def test_nothing_of_a_provider_is_loaded_where_none_is_configured() -> None:
    done = subprocess.run([sys.executable, "-c", _LOOK], check=True, capture_output=True, timeout=60)
    loaded = json.loads(done.stdout)
    unwanted = (*_OF_THE_CLOUD, *_OURS, *(f"holo_app.providers.{vendor}" for vendor in _VENDORS))
    assert [name for name in loaded if name in unwanted or name.startswith(tuple(f"{one}." for one in unwanted))] == []
