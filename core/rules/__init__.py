"""Rules: packs of them in YAML, compiled to Python, judging canonical records. Pure; only packs are read from disk."""

from core.rules.evaluate import CompiledPack, breaks
from core.rules.pack import Pack, Rule
from core.rules.packs import Library

__all__ = ["CompiledPack", "Library", "Pack", "Rule", "breaks"]
