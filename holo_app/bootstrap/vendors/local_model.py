"""A language model that the kiosk runs by itself."""

from __future__ import annotations

from pathlib import Path

from holo_app.bootstrap.vendors.kit import Kit
from holo_app.bootstrap.voice_process import llamacpp_command
from holo_app.knowledge.assistant.tools import SHOW_PRODUCT
from holo_app.ports.chat import ChatModel
from holo_app.providers.http.client import HttpClient, HttpTimes
from holo_app.providers.llamacpp.chat import Extra, LocalModelChat, LocalModelSettings
from holo_app.providers.openai.chat import Dialect, OpenAiChat
from holo_app.providers.openai.failures import read_llamacpp

_TIMES = HttpTimes(silent=120.0)
"""It says nothing while it reads a long question on a slow processor; what a customer waits for is limited elsewhere."""


def local_model(kit: Kit, file: Path) -> LocalModelChat:
    """The model in `file`, kept by the kiosk. Nothing is started before it is asked, or told to `start`."""

    def speak(client: HttpClient, extra: Extra) -> ChatModel:
        name = kit.settings.llamacpp.chat_model
        return OpenAiChat(client, name, kit.meter, kit.clock, dialect=Dialect(extra=extra))

    settings = LocalModelSettings(file, server_command=llamacpp_command())
    return LocalModelChat(settings, connect, speak, (SHOW_PRODUCT,))


def connect(address: str) -> HttpClient:
    """The client for a server on this machine."""
    return HttpClient("llamacpp", address, read=read_llamacpp, times=_TIMES)
