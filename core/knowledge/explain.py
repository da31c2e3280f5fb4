"""Says in words why issues are one cause: the parts of their signature, and those that do not matter."""

from __future__ import annotations

import msgspec

from core.knowledge.signature import PART, Signature
from core.model.corrections import Safety

SHAPES_IN_WORDS: dict[str, str] = {
    "missing": "there is no value",
    "boolean": "the value is yes or no",
    "negative": "the value is a number below zero",
    "zero": "the value is zero",
    "number": "the value is a number",
    "empty_list": "the list is empty",
    "list": "the value is a list",
    "object": "the value has parts of its own",
    "empty": "the text is empty",
    "control_characters": "the text has invisible characters",
    "script": "the text has a script in it",
    "html": "the text has HTML in it",
    "edge_spaces": "the text has spaces at an end",
    "double_spaces": "the text has several spaces in a row",
    "digits": "the text has as many digits as a GTIN",
    "integer": "the text is a whole number",
    "decimal_1": "the text is a number with one decimal",
    "decimal_2": "the text is a number with two decimals",
    "decimal_3": "the text is a number with three decimals",
    "decimal_many": "the text is a number with four decimals or more",
    "decimal_comma": "the text is a number with a decimal comma",
    "separated_digits": "the text is digits with separators",
    "url": "the text is a web address",
    "shouting": "the text is in capitals",
    "very_long": "the text has more than 1,000 characters",
    "long": "the text has more than 200 characters",
    "text": "the text has none of the marks that we know",
    "other": "the value is of another kind",
}


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a signature in words. `matters` is false where it does not keep issues apart."""

    name: str
    text: str
    matters: bool = True


def reasons(signature: Signature, fix_safety: Safety | None) -> list[Reason]:
    """Return why issues of a signature are one cause, part by part."""
    found = [
        Reason(name="channel", text=f"They are on {signature.channel}."),
        Reason(name="rule", text=f"They violate the rule {signature.rule}."),
        Reason(name="field", text=f"It is about {signature.field}, whichever item of a list."),
        Reason(name="shape", text=f"In each, {SHAPES_IN_WORDS.get(signature.shape, signature.shape)}."),
    ]
    for name, noun in (("category", "category"), ("locale", "language")):
        given = signature.context.get(name)
        if given is not None:
            found.append(Reason(name=name, text=f"Their {noun} is {given}."))
        elif fix_safety is Safety.SAFE:
            text = f"Their {noun} does not matter: the rule's own fix changes notation only."
            found.append(Reason(name=name, text=text, matters=False))
        else:
            found.append(Reason(name=name, text=f"They name no {noun}."))
    if PART in signature.context:
        found.append(Reason(name=PART, text=f"A person split them off: {signature.context[PART]}."))
    return found


def brief(signature: Signature) -> str:
    """Return what tells a pattern from others of its title: the shape, and the context that matters."""
    return ", ".join([SHAPES_IN_WORDS.get(signature.shape, signature.shape), *signature.context.values()])
