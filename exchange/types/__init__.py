"""Cell types of the import contract (docs/files.md §4): from the text of a cell to its canonical value."""

from exchange.types.base import CellType, Context, Refusal
from exchange.types.dates import Batch, Date
from exchange.types.numbers import Integer, Length, Number
from exchange.types.places import Nationality, ProvinceCode, RegionCode
from exchange.types.texts import Code, CodeList, CreditCode, Email, Enumerated, IdentityText, Name, Phone, Text

__all__ = [
    "Batch",
    "CellType",
    "Code",
    "CodeList",
    "Context",
    "CreditCode",
    "Date",
    "Email",
    "Enumerated",
    "IdentityText",
    "Integer",
    "Length",
    "Name",
    "Nationality",
    "Number",
    "Phone",
    "ProvinceCode",
    "Refusal",
    "RegionCode",
    "Text",
]
