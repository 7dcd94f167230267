"""Patterns of numbers, such as `{year}{center:03}{serial:04}`: fixed text and fields of fixed width.

A field with a width is filled up with zeros on the left and cut on the left, so that every number of a pattern has one
length.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_PART = re.compile(r"\{([a-z_]+)(?::0([1-9][0-9]?))?\}|([A-Z0-9]+)")
SERIAL = "serial"


@dataclass(frozen=True)
class NumberPattern:
    """`parts` are (field, width, text): a field with its width, or fixed text. The one serial comes last."""

    parts: tuple[tuple[str, int, str], ...]

    @classmethod
    def read(cls, text: str, fields: Mapping[str, int], *, least_serial: int = 3, most: int) -> "NumberPattern":
        """`fields` tells the width of each field that may stand without one (0: it must be given).

        Raises ValueError unless the pattern ends in one serial of at least so many digits and is at most `most` long.
        """
        parts, position = [], 0
        while match := _PART.match(text, position):
            name, width, fixed = match.groups()
            if name and name != SERIAL and name not in fields:
                raise ValueError(name)
            parts.append((name or "", int(width or (fields.get(name, 0) if name else 0)), fixed or ""))
            position = match.end()
        pattern = cls(tuple(parts))
        unclear = any(name and not width for name, width, _fixed in parts)
        serials = [index for index, (name, _width, _fixed) in enumerate(parts) if name == SERIAL]
        if position < len(text) or unclear or serials != [len(parts) - 1] or pattern.serial_width < least_serial:
            raise ValueError(text)
        if pattern.length > most:
            raise ValueError(text)
        return pattern

    @property
    def length(self) -> int:
        return sum(width or len(fixed) for _name, width, fixed in self.parts)

    @property
    def serial_width(self) -> int:
        return self.parts[-1][1]

    @property
    def last(self) -> int:
        """The highest serial."""
        return 10**self.serial_width - 1

    def prefix(self, values: Mapping[str, str]) -> str:
        """All that stands before the serial."""
        return "".join(fixed or values[name].zfill(width)[-width:] for name, width, fixed in self.parts[:-1])

    def number(self, prefix: str, serial: int) -> str:
        return f"{prefix}{serial:0{self.serial_width}}"
