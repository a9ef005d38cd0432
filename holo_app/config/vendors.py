"""Settings of the providers: who does what, and where and with which model each is asked. No keys: see `ports.secrets`."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field

from holo_app.config.section import Folder, Name, Section


def _names(value: object) -> object:
    """`"openai, gemini"` as a list: the environment and the command line have no lists."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(names)) < len(names):
        raise ValueError("a name stands in it twice")
    return names


def _web_address(value: str) -> str:
    if not value.startswith(("http://", "https://", "ws://", "wss://")):
        raise ValueError("it must begin with https:// or http://")
    return value.rstrip("/")


def _server_address(value: str) -> str:
    parts = urlsplit(value)
    try:
        good = parts.scheme == "tcp" and bool(parts.hostname and parts.port)
    except ValueError:  # a port that is none
        good = False
    if not good and not (parts.scheme == "unix" and parts.path.startswith("/")):
        raise ValueError("it must be like tcp://127.0.0.1:10300 or unix:///run/speech.sock")
    return value


SpeechRecogniser = Literal[
    "openai", "openai_realtime", "deepgram", "deepgram_flux", "google", "azure", "wyoming", "whisper"
]
Chatter = Literal["openai", "openrouter", "ollama", "llamacpp", "vllm", "gemini", "vertex", "anthropic"]
Speaker = Literal["openai", "elevenlabs", "google", "azure", "cartesia", "wyoming", "kokoro"]
Presenter = Literal["liveavatar", "heygen", "akool"]

Backdrop = Literal["none", "green", "blue"]
_BACKDROP = "What is behind it in its picture, and left out of the hologram; none: the picture is shown as it is."

_Chain = (BeforeValidator(_names), AfterValidator(_each_once))
ServerAddress = Annotated[Name, AfterValidator(_server_address)]
WebAddress = Annotated[Name, AfterValidator(_web_address)]
Effort = Literal["", "none", "minimal", "low", "medium", "high", "xhigh"]
_EFFORT = "How much a thinking model thinks before it speaks; empty: for models that do not think."
_THINKING = "Whether a model that can think may do so before it speaks; thoughts are never spoken."
_NEVER_TWICE = "First one first; after them come the built-in ones, always. Empty: only those."


class Providers(Section):
    """Who hears, answers, speaks and presents, where it is not the kiosk itself."""

    stt: Annotated[tuple[SpeechRecogniser, ...], *_Chain] = Field(
        default=(), description=f"Speech recognition. {_NEVER_TWICE}"
    )
    llm: Annotated[tuple[Chatter, ...], *_Chain] = Field(default=(), description=f"Language models. {_NEVER_TWICE}")
    tts: Annotated[tuple[Speaker, ...], *_Chain] = Field(default=(), description=f"Voices. {_NEVER_TWICE}")
    avatar: Annotated[tuple[Presenter, ...], *_Chain] = Field(
        default=(), description=f"Photo-real characters. {_NEVER_TWICE}"
    )
    hedge_after_s: float = Field(
        default=0.0,
        ge=0,
        le=5,
        description="A language model without a word by then races with the next one, in seconds; 0: never.",
    )
    hedges_a_day: int = Field(
        default=200, ge=0, le=100_000, description="How many answers a day may be asked for twice that way."
    )
    remembered_answers: int = Field(
        default=200, ge=0, le=10_000, description="Answers of language models that are kept for the same question."
    )


class OpenAi(Section):
    """OpenAI."""

    base_url: WebAddress = Field(default="https://api.openai.com/v1", description="OpenAI's address.")
    chat_model: Name = Field(default="gpt-4o-mini", description="OpenAI's language model.")
    reasoning_effort: Effort = Field(default="", description=_EFFORT)
    stt_model: Name = Field(default="gpt-transcribe", description="OpenAI's recognition of what has been said.")
    realtime_model: Name = Field(
        default="gpt-live-transcribe", description="OpenAI's recognition of what is being said (openai_realtime)."
    )
    tts_model: Name = Field(default="gpt-4o-mini-tts", description="OpenAI's speech synthesis.")
    voice: Name = Field(default="alloy", description="OpenAI's voice.")


class OpenRouter(Section):
    """OpenRouter: many makers' models, with their cost."""

    base_url: WebAddress = Field(default="https://openrouter.ai/api/v1", description="OpenRouter's address.")
    chat_model: Name = Field(default="openai/gpt-4o-mini", description="Maker and model, as OpenRouter names them.")
    reasoning_effort: Effort = Field(default="", description=_EFFORT)


class Ollama(Section):
    """Ollama, on this machine or in the shop."""

    base_url: WebAddress = Field(default="http://127.0.0.1:11434/v1", description="Ollama's address.")
    chat_model: Name = Field(default="llama3.2", description="A model that Ollama has pulled.")
    thinking: bool = Field(default=True, description=_THINKING)


class LlamaCpp(Section):
    """llama.cpp: its server, or a model file that the kiosk runs by itself."""

    base_url: WebAddress = Field(default="http://127.0.0.1:8080/v1", description="The address of a llama.cpp server.")
    chat_model: Name = Field(default="default", description="The name under which it knows its model.")
    thinking: bool = Field(default=True, description=_THINKING)
    model_file: Folder | None = Field(
        default=None, description="A .gguf model that the kiosk runs in a process of its own, in place of a server."
    )


class Vllm(Section):
    """A vLLM server."""

    base_url: WebAddress = Field(default="http://127.0.0.1:8000/v1", description="The vLLM server's address.")
    chat_model: Name = Field(default="default", description="The model that it serves.")
    thinking: bool = Field(default=True, description=_THINKING)


class Gemini(Section):
    """Google's Gemini, by an API key or through Vertex."""

    base_url: WebAddress = Field(
        default="https://generativelanguage.googleapis.com", description="Gemini's address, for an API key."
    )
    api_version: Name = Field(default="v1beta", description="The version in Gemini's addresses: v1 or v1beta.")
    chat_model: Name = Field(default="gemini-2.5-flash", description="Gemini's model.")
    thinking_budget: int = Field(
        default=0,
        ge=-1,
        le=32_768,
        description="Tokens that it may think before it speaks; -1: its own choice. Gemini 3 only takes it as a hint.",
    )
    vertex_project: Name = Field(default="", description="Vertex: the Google Cloud project.")
    vertex_location: Name = Field(default="europe-west1", description="Vertex: the region.")
    vertex_base_url: Name = Field(default="", description="Vertex's address; empty: that of the region.")


class Anthropic(Section):
    """Anthropic."""

    base_url: WebAddress = Field(default="https://api.anthropic.com", description="Anthropic's address.")
    api_version: Name = Field(default="2023-06-01", description="The version of its interface.")
    chat_model: Name = Field(default="claude-haiku-4-5", description="Anthropic's model.")
    room_to_think: int = Field(
        default=0, ge=0, le=32_768, description="Tokens that a model that thinks may use beside those of its answer."
    )


class Deepgram(Section):
    """Deepgram: speech recognition while somebody speaks."""

    base_url: WebAddress = Field(default="https://api.deepgram.com", description="Deepgram's address.")
    model: Name = Field(default="nova-3", description="Deepgram's model.")
    tells_languages: bool = Field(
        default=True,
        description="nova-3 hears by itself which of its languages is spoken; off: only the expected one is understood.",
    )
    flux_model: Name = Field(default="flux-general-en", description="Its model that tells when a turn is over.")
    eager_end: float = Field(
        default=0.4, ge=0.3, le=0.9, description="Flux: how sure it must be to say that a turn may be over."
    )
    sure_end: float = Field(default=0.7, ge=0.5, le=0.9, description="Flux: the same, to say that it is over.")


class Google(Section):
    """Google Cloud's speech services."""

    stt_base_url: Name = Field(default="", description="Google's speech recognition; empty: that of the region.")
    tts_base_url: WebAddress = Field(
        default="https://texttospeech.googleapis.com", description="Google's speech synthesis."
    )
    project: Name = Field(default="", description="The Google Cloud project.")
    location: Name = Field(default="eu", description="The region of the speech recognition, such as eu, us or global.")
    stt_model: Name = Field(
        default="chirp_3", description="Google's recognition model; the region global has no chirp: set long there."
    )
    stt_streams: bool = Field(
        default=False, description="Recognise while somebody speaks: wants the extra `google`, and no proxy in between."
    )
    voice: Name = Field(default="", description="Google's voice, such as en-US-Neural2-C; empty: one of the language.")
    tts_model: Name = Field(default="", description="A Gemini voice's model, such as gemini-2.5-flash-tts.")
    locales: Annotated[tuple[Name, ...], *_Chain] = Field(
        default=(), description="Locales in place of the usual ones, such as en-GB, de-AT."
    )


class Azure(Section):
    """Azure AI Speech."""

    region: Annotated[str, Field(pattern=r"^[a-z0-9]{1,40}$")] = Field(
        default="westeurope", description="Azure's region."
    )
    stt_base_url: Name = Field(default="", description="Its speech recognition; empty: that of the region.")
    tts_base_url: Name = Field(default="", description="Its speech synthesis; empty: that of the region.")
    voice: Name = Field(
        default="", description="Azure's voice, such as en-GB-SoniaNeural; empty: Ava, who speaks many languages."
    )
    locales: Annotated[tuple[Name, ...], *_Chain] = Field(
        default=(), description="Locales in place of the usual ones, such as en-GB, de-AT."
    )


class ElevenLabs(Section):
    """ElevenLabs."""

    base_url: WebAddress = Field(default="https://api.elevenlabs.io", description="ElevenLabs' address.")
    model: Name = Field(default="eleven_flash_v2_5", description="Its model.")
    voice: Name = Field(default="21m00Tcm4TlvDq8ikWAM", description="The id of its voice.")
    over_http: bool = Field(default=False, description="Without its socket, where a network lets none through.")


class Cartesia(Section):
    """Cartesia."""

    base_url: WebAddress = Field(default="https://api.cartesia.ai", description="Cartesia's address.")
    api_version: Name = Field(default="2026-08-14", description="The version of its interface.")
    model: Name = Field(default="sonic-3", description="Its model.")
    voice: Name = Field(default="", description="The id of its voice.")


class Wyoming(Section):
    """Speech servers on this machine or in the shop that speak Wyoming."""

    stt_address: ServerAddress = Field(default="tcp://127.0.0.1:10300", description="The recognition server's address.")
    tts_address: ServerAddress = Field(default="tcp://127.0.0.1:10200", description="The synthesis server's address.")
    model: Name = Field(default="", description="A model of the recognition server; empty: its own choice.")
    voice: Name = Field(default="", description="A voice of the synthesis server; empty: its own choice.")


class Whisper(Section):
    """Whisper, on the kiosk itself, after `bash packaging/bootstrap.sh models whisper-tiny-en`."""

    model: Folder | None = Field(
        default=None,
        description="A folder of a CTranslate2 Whisper model, of any languages, in place of the fetched one.",
    )


class Kokoro(Section):
    """Kokoro, on the kiosk itself, after `bash packaging/bootstrap.sh models kokoro-82m`."""

    voice: Literal["af_heart", "af_bella", "am_fenrir", "am_michael"] = Field(
        default="af_heart", description="Kokoro's voice, for characters that name none of these."
    )


class LiveAvatar(Section):
    """LiveAvatar, HeyGen's photo-real characters."""

    base_url: WebAddress = Field(default="https://api.liveavatar.com", description="LiveAvatar's address.")
    avatar_id: Name = Field(default="", description="The character's id.")
    voice_id: Name = Field(default="", description="The id of its voice; empty: the character's own.")
    context_id: Name = Field(default="", description="The id of its context, without which it stays silent.")
    mode: Literal["full", "lite"] = Field(
        default="full",
        description="Who speaks: full: LiveAvatar; lite: the kiosk's own voice, to which it moves its mouth.",
    )
    quality: Literal["very_high", "high", "medium", "low"] = Field(default="high", description="Of its picture.")
    backdrop: Backdrop = Field(default="none", description=_BACKDROP)
    sandbox: bool = Field(default=False, description="A minute's session that costs nothing.")
    longest_session_s: int = Field(default=600, ge=60, le=3600, description="A session is ended after it, in seconds.")
    idle_s: int = Field(default=90, ge=20, le=600, description="A session that nobody uses is ended after it.")


class Akool(Section):
    """AKOOL's photo-real characters and videos."""

    base_url: WebAddress = Field(default="https://openapi.akool.com", description="AKOOL's address.")
    avatar_id: Name = Field(default="", description="The character's id, from `holo-app avatar gallery`.")
    voice_id: Name = Field(default="", description="The id of its voice.")
    backdrop: Backdrop = Field(default="none", description=_BACKDROP)
    ready_answers_mb: int = Field(
        default=500, ge=0, le=20_000, description="Room on the disk for videos of answers that were made ahead."
    )
    longest_session_s: int = Field(default=600, ge=60, le=3600, description="Paid ahead, and the rest is given back.")
    idle_s: int = Field(default=90, ge=20, le=600, description="A session that nobody uses is ended after it.")
