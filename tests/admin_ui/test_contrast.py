"""Colours: text is legible on every ground it stands on, in light and in dark."""

from __future__ import annotations

import re

import pytest

from admin_ui.rendering import STATIC

PAIR = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
COLOURS = {name: (light, dark) for name, light, dark in PAIR.findall((STATIC / "css/tokens.css").read_text("utf-8"))}
GROUNDS = ("ground", "surface", "sunken", "hover", "chosen")
MEANINGS = ("red", "amber", "green", "blue", "violet")
TEXTS = [(text, ground) for text in ("ink", "ink-2", "accent") for ground in GROUNDS]
TEXTS += [("ink-3", ground) for ground in ("ground", "surface", "sunken", "hover")]
TEXTS += [(text, ground) for text in MEANINGS for ground in ("surface", "hover", f"{text}-soft")]
TEXTS += [("ink", f"{ground}-soft") for ground in MEANINGS] + [("ink-2", "violet-soft"), ("ink-2", "green-soft")]
TEXTS += [("on-accent", "accent"), ("on-accent", "accent-strong")]


def luminance(colour):
    """Return the relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """Return the contrast of two colours."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXTS)
def test_text_is_legible(text, ground, scheme):
    assert contrast(COLOURS[text][scheme], COLOURS[ground][scheme]) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("line", ["edge", "accent"])
def test_controls_and_focus_rings_are_seen(line, ground, scheme):
    assert contrast(COLOURS[line][scheme], COLOURS[ground][scheme]) >= 3.0
