"""What every act on applications does around its own work: lock the rows, compare with what the editor saw, write down the
step."""

from collections.abc import Iterable, Sequence

from common import versions
from common.ledger import OpenRecording
from enrollment.admission.models.applications import Application, ApplicationStep
from enrollment.admission.services.refusals import refuse

JOINED = (
    "institution", "batch", "created_by", "center_offering__center", "center_offering__programme_version__programme__major",
)  # fmt: skip


def locked(applications: Iterable[Application]) -> list[Application]:
    """These rows of one institution as they are now, with what rules read of them, locked in the order of their keys.

    Raises DomainError `stale` if one is gone since (its import was taken back).
    """
    keys = {one.pk for one in applications}
    rows = Application.objects.current().select_for_update(of=("self",)).select_related(*JOINED)
    found = list(rows.filter(pk__in=keys).order_by("pk"))
    if len(found) < len(keys):
        raise refuse("stale")
    if len({row.institution_id for row in found}) > 1:
        raise refuse("value_not_possible")
    return found


def locked_one(application: Application, seen: int | None = None) -> Application:
    """Raises DomainError `stale` if the row has another version than the editor saw."""
    (row,) = locked([application])
    if versions.is_stale(row, seen):
        raise refuse("stale")
    return row


def write_steps(
    rows: Sequence[Application],
    verb: str,
    *,
    entry: OpenRecording,
    reason_code: str = "",
    comment: str = "",
    also: Sequence[str] = (),
) -> None:
    """Write down what was done to these locked rows; the fields named in `also` are saved along, the version grows."""
    for row in rows:
        row.version += 1
        entry.note(verb, row, reason=reason_code)
    if len(rows) == 1:
        rows[0].save(update_fields=["version", *also])
    else:
        Application.objects.bulk_update(rows, ["version", *also], batch_size=2000)
    ApplicationStep.objects.bulk_create(
        [
            ApplicationStep(
                institution_id=row.institution_id,
                application=row,
                actor=entry.actor,
                verb=verb,
                status=row.status,
                reason_code=reason_code,
                comment=comment,
            )
            for row in rows
        ],
        batch_size=2000,
    )
