"""Objects to JSON-compatible data and back: strict, every error at once, byte for byte the same. cattrs lives here."""

from serai.engine.serialization.converter import Converter, make_converter
from serai.engine.serialization.values import SecretCodec

__all__ = ["Converter", "SecretCodec", "make_converter"]
