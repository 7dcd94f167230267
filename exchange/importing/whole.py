"""An import's file given back with whole numbers: as a list that leaves (`people.services.exporting`), for whoever may import."""

import uuid
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from common.errors import DomainError
from exchange.exports import ExportKind, register_export
from exchange.importing.marking import marked_workbook
from exchange.importing.store import RIGHT
from exchange.models import ImportBatch


@dataclass(frozen=True)
class WholeFileTerms:
    batch: str
    in_clear: bool = True

    def stored(self) -> dict[str, Any]:
        return dict(vars(self))


@dataclass(frozen=True)
class RowsOfFile:
    """The rows of the one batch, or none."""

    batch: ImportBatch | None

    def count(self) -> int:
        return self.batch.rows_total if self.batch else 0


def read_terms(asked: dict[str, Any]) -> WholeFileTerms:
    try:
        return WholeFileTerms(str(uuid.UUID(str(asked.get("batch")))))
    except ValueError as error:
        raise DomainError(now_("The list cannot be narrowed in this way."), code="terms_not_possible") from error


def rows(asker: Any, institution: Any, center: Any, terms: WholeFileTerms) -> RowsOfFile:
    known = ImportBatch.objects.visible_to(asker, RIGHT).filter(
        institution=institution, center=center, content__isnull=False
    )
    return RowsOfFile(known.filter(public_id=terms.batch).first())


def write(kind: ExportKind, terms: WholeFileTerms, rows: RowsOfFile, mark: str) -> tuple[bytes, int]:
    """Raises DomainError `file_not_kept` where the file has expired meanwhile."""
    if rows.batch is None:
        raise DomainError(_("The file is no longer kept."), code="file_not_kept")
    out = BytesIO()
    marked_workbook(rows.batch, out, whole=True, mark=mark)
    return out.getvalue(), rows.count()


WHOLE_FILE = register_export(
    ExportKind("whole_file", _("File of an import with whole numbers"), read_terms, rows, write=write, of_a_page=True)
)
