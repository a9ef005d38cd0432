"""One customer's visit: its conversation and history, held in memory until it ends."""

from __future__ import annotations

from uuid import UUID

from holo_app.dialogue.answering import Answer
from holo_app.domain.conversation import Conversation, Message, Role, Stage
from holo_app.ports.clock import Clock

_HISTORY = 12


class Visit:
    """Makes the messages of one conversation. Times come from `clock`."""

    def __init__(self, clock: Clock, *, character_id: str, language: str) -> None:
        self._clock = clock
        self._messages: list[Message] = []
        self.conversation = Conversation(clock.new_id(), character_id, language, clock.utc())

    def history(self) -> tuple[Message, ...]:
        """The latest messages, oldest first, as they were heard."""
        return tuple(self._messages[-_HISTORY:])

    def customer_said(self, text: str, *, language: str, timings_ms: dict[str, float], provider: str) -> Message:
        """Enter a question."""
        return self._enter(
            Message(
                id=self._clock.new_id(),
                conversation_id=self.conversation.id,
                role=Role.CUSTOMER,
                text=text,
                heard=text,
                language=language,
                at=self._clock.utc(),
                timings_ms=timings_ms,
                provider=provider,
            )
        )

    def character_said(self, answer: Answer, heard: str, *, turn_id: UUID, language: str, interrupted: bool) -> Message:
        """Enter an answer, with the part of it that was heard, under the id of its turn."""
        return self._enter(
            Message(
                id=turn_id,
                conversation_id=self.conversation.id,
                role=Role.CHARACTER,
                text=answer.text,
                heard=heard,
                language=language,
                at=self._clock.utc(),
                products=answer.skus,
                timings_ms=dict(answer.timings_ms),
                provider=answer.provider,
                usage=answer.usage,
                interrupted=interrupted,
            )
        )

    def _enter(self, message: Message) -> Message:
        self._messages.append(message)
        return message


CUSTOMER_STAGES = (Stage.END_OF_TURN, Stage.STT)
"""Stages that belong to the customer's message; the others to the answer's."""
