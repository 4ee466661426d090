"""What compiled Java does with constant strings: which methods are called with them.

Enough of the class file format (JVM specification, chapters 4 and 6) to follow constants to the call that takes them.
"""

import struct
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

_UTF8: Final = 1
_CLASS: Final = 7
_STRING: Final = 8
_WIDE_CONSTANTS: Final = (5, 6)
"""long and double: they take two places in the pool."""
_CONSTANT_SIZES: Final = {
    3: 4, 4: 4, 5: 8, 6: 8, 7: 2, 8: 2, 9: 4, 10: 4, 11: 4, 12: 4, 15: 3, 16: 2, 17: 4, 18: 4, 19: 2, 20: 2,
}  # fmt: skip
"""Bytes after the tag, by tag (JVM specification, table 4.4-A)."""

_LDC: Final = 0x12
_LDC_W: Final = 0x13
_IINC: Final = 0x84
_TABLESWITCH: Final = 0xAA
_LOOKUPSWITCH: Final = 0xAB
_WIDE: Final = 0xC4
_INVOKES: Final = (0xB6, 0xB7, 0xB8, 0xB9)
"""Of methods of objects, of constructors, of static methods, of interfaces."""
_ENDS: Final = frozenset((*range(0x36, 0x57), 0x57, 0x58, *range(0xAC, 0xB2), 0xB3, 0xB5, 0xBF))
"""Stores, pops, returns and throws: nothing that was pushed before is an argument after them."""
_OPERANDS: Final = {
    **dict.fromkeys((0x10, 0x12, *range(0x15, 0x1A), *range(0x36, 0x3B), 0xA9, 0xBC), 1),
    **dict.fromkeys((0x11, 0x13, 0x14, 0x84, *range(0x99, 0xA9), *range(0xB2, 0xB9), 0xBB, 0xBD), 2),
    **dict.fromkeys((0xC0, 0xC1, 0xC6, 0xC7), 2),
    0xC5: 3,
    **dict.fromkeys((0xB9, 0xBA, 0xC8, 0xC9), 4),
}
"""Bytes after the instruction, where there are any."""


class Call(NamedTuple):
    """A call, with the constant strings that were at hand for its arguments, the nearest last."""

    owner: str
    method: str
    descriptor: str
    strings: tuple[str, ...]


class _Pool:
    """The constant pool of a class."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.places: dict[int, tuple[int, int]] = {}
        (count,) = struct.unpack_from(">H", content, 8)
        index, offset = 1, 10
        while index < count:
            tag = content[offset]
            self.places[index] = (tag, offset + 1)
            index += 2 if tag in _WIDE_CONSTANTS else 1
            offset += 1 + (2 + self._short(offset + 1) if tag == _UTF8 else _CONSTANT_SIZES[tag])
        self.end = offset

    def text(self, index: int) -> str:
        """The text of a UTF-8, string or class constant. Java's own UTF-8 differs only for what no name contains."""
        tag, offset = self.places[index]
        if tag in (_STRING, _CLASS):
            return self.text(self._short(offset))
        return self.content[offset + 2 : offset + 2 + self._short(offset)].decode("utf-8", "replace")

    def string(self, index: int) -> str | None:
        """The value of a string constant; None for another kind."""
        return self.text(index) if self.places[index][0] == _STRING else None

    def member(self, index: int) -> tuple[str, str, str]:
        """Class, name and descriptor of a method."""
        _, offset = self.places[index]
        owner, pair = struct.unpack_from(">HH", self.content, offset)
        _, offset = self.places[pair]
        name, descriptor = struct.unpack_from(">HH", self.content, offset)
        return self.text(owner), self.text(name), self.text(descriptor)

    def _short(self, offset: int) -> int:
        return int.from_bytes(self.content[offset : offset + 2])


def calls(content: bytes, wanted: Callable[[str, str, str], int]) -> Iterator[Call]:
    """The calls in a class that are of interest.

    Args:
        content: of the class file.
        wanted: how many of its arguments are strings, by class, name and descriptor; 0 for a method of no interest.
    """
    pool = _Pool(content)
    for code in _codes(content, pool):
        pending: list[str] = []
        for opcode, operand in _instructions(code):
            if opcode in (_LDC, _LDC_W) and (text := pool.string(operand)) is not None:
                pending.append(text)
            elif opcode in _INVOKES:
                owner, method, descriptor = pool.member(operand)
                if taken := wanted(owner, method, descriptor):
                    yield Call(owner, method, descriptor, tuple(pending[-taken:]))
                    del pending[-taken:]
            elif opcode in _ENDS:
                pending.clear()


def _codes(content: bytes, pool: _Pool) -> Iterator[bytes]:
    """The instructions of each method."""
    (interfaces,) = struct.unpack_from(">H", content, pool.end + 6)
    offset = pool.end + 8 + 2 * interfaces
    for _ in range(2):  # fields, then methods
        (members,) = struct.unpack_from(">H", content, offset)
        offset += 2
        for _ in range(members):
            (attributes,) = struct.unpack_from(">H", content, offset + 6)
            offset += 8
            for _ in range(attributes):
                name, length = struct.unpack_from(">HI", content, offset)
                if pool.text(name) == "Code":
                    (size,) = struct.unpack_from(">I", content, offset + 10)
                    yield content[offset + 14 : offset + 14 + size]
                offset += 6 + length


def _instructions(code: bytes) -> Iterator[tuple[int, int]]:
    """Each instruction with its operand, if that is an index into the constant pool."""
    offset = 0
    while offset < len(code):
        opcode = code[offset]
        size = _operands(code, offset)
        yield opcode, int.from_bytes(code[offset + 1 : offset + 1 + min(size, 2)])  # ldc's is one byte
        offset += 1 + size


def _operands(code: bytes, offset: int) -> int:
    opcode = code[offset]
    if opcode == _WIDE:
        return 5 if code[offset + 1] == _IINC else 3
    if opcode not in (_TABLESWITCH, _LOOKUPSWITCH):
        return _OPERANDS.get(opcode, 0)
    padding = -(offset + 1) % 4
    start = offset + 1 + padding
    if opcode == _LOOKUPSWITCH:
        (pairs,) = struct.unpack_from(">i", code, start + 4)
        return int(padding + 8 + 8 * pairs)
    low, high = struct.unpack_from(">ii", code, start + 4)
    return int(padding + 12 + 4 * (high - low + 1))
