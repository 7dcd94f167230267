"""What came of a file, in the form of docs/files.md §1.1."""

from typing import Any

from django.db.models import Sum

from exchange.issues import WARNING
from exchange.models import ImportBatch


def result_of(batch: ImportBatch) -> dict[str, Any]:
    """Counts, changed columns and remarks. For a batch that is only checked: what storing it would do."""
    effect = batch.chunks.aggregate(created=Sum("created"), updated=Sum("updated"), unchanged=Sum("unchanged"))
    issues = [
        {
            "row": issue.row,
            "column": issue.column or None,
            "code": issue.code,
            "severity": issue.severity,
            "value": issue.value or None,
        }
        for issue in batch.issues.all()
    ]
    changes = [change for chunk in batch.chunks.order_by("position") for change in chunk.changes]
    return {
        "file": batch.name,
        "kind": batch.kind,
        "rows_total": batch.rows_total,
        "accepted": batch.rows_total - batch.rejected,
        "rejected": batch.rejected,
        "warnings": sum(issue["severity"] == WARNING for issue in issues),
        **{outcome: count or 0 for outcome, count in effect.items()},
        "changes": [{"row": row, "columns": columns} for row, columns in sorted(changes)],
        "rows": issues,
    }
