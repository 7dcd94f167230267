"""`column__any=[…]`: equality with any of many values, sent as one array, where `__in` would make a parameter of each."""

from typing import Any

from django.db.models import Field, Lookup


@Field.register_lookup
class EqualsAny(Lookup):
    lookup_name = "any"

    def get_prep_lookup(self) -> list[Any]:
        return list(self.rhs)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s::{self.lhs.output_field.db_type(connection)}[])", (*parameters, self.rhs)
