"""Manners, and questions about the character itself."""

from __future__ import annotations

from holo_app.domain.conversation import Role
from holo_app.knowledge.grounding_guard import unfounded
from holo_app.knowledge.phrasing import Clause, Reply
from holo_app.knowledge.reference import last_listing
from holo_app.knowledge.replies.product import describe, more
from holo_app.knowledge.replies.scene import Scene, one
from holo_app.ports.llm import NOT_UNDERSTOOD


def plain_phrase(scene: Scene) -> Reply:
    """The phrase that bears the intent's own name."""
    return one(scene, scene.question.intent)


def goodbye(scene: Scene) -> Reply:
    """Ends the conversation."""
    return Reply((Clause(scene.book.say("goodbye")),), ends_conversation=True)


def identity(scene: Scene) -> Reply:
    """Says that it is an artificial character."""
    return one(scene, "identity", name=scene.request.character.name)


def repeat(scene: Scene) -> Reply:
    """The last answer again, unless the data have changed under it since."""
    said = [message for message in scene.request.history if message.role is Role.CHARACTER]
    if not said:
        return one(scene, "repeat_nothing")
    text = said[-1].text
    if unfounded(text, scene.request.grounding):
        return describe(scene) if scene.products else one(scene, "unclear")
    shown = tuple(product.sku for product in last_listing(scene.request) if product.sku in said[-1].products)
    return Reply((Clause(scene.book.say("repeat", text=text), (), shown),))


def affirm(scene: Scene) -> Reply:
    """“Yes please”: more about what was spoken of."""
    return more(scene) if scene.request.grounding.focus else one(scene, "affirm_nothing")


def categories(scene: Scene) -> Reply:
    """What there is in the shop."""
    if not scene.request.grounding.categories:
        return one(scene, "empty_shop")
    return one(scene, "categories", categories=scene.book.categories(scene.request.grounding.categories))


def unclear(scene: Scene) -> Reply:
    """Say what was understood and ask for the rest."""
    about = {"key": "unclear_product", "name": scene.the(scene.products[0])} if scene.products else {"key": "unclear"}
    return Reply((Clause(scene.book.say(**about), (NOT_UNDERSTOOD,)),))
