"""Who comes from another institution: what the regulations ask beyond an admission (docs/rules.md §2.4 [S7]); limits are rules.

Asked at submission, acceptance and registration; windows of a batch do not bind: the months of transfers do.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from common.batches import batch_of
from enrollment.admission.models.applications import Application
from enrollment.admission.services.enrolled import Enrolled
from enrollment.admission.services.ruling import ruled
from enrollment.attachments.models.attachments import Attachment
from learning_centers.rules import Rulebook

FORMER = ("former_institution", "former_student_no", "former_major_code", "transferred_on", "release_no")
RULES = ("transfer_months", "transfer_same_major", "discipline_digits", "transfers_at_most")


@dataclass(frozen=True)
class Transfers:
    """What the rules read of applications of one institution; empty where nobody comes by transfer."""

    book: Rulebook
    enrolled: Enrolled
    proven: frozenset[int]

    @classmethod
    def load(cls, applications: Sequence[Application], enrolled: Enrolled) -> "Transfers":
        coming = [one for one in applications if one.is_transfer]
        book = Rulebook.of(applications[0].institution, *RULES)
        papers = Attachment.objects.filter(
            application__in=coming, item=Attachment.Item.EVIDENCE, removed_at__isnull=True
        )
        return cls(book, enrolled, frozenset(papers.values_list("application", flat=True)) if coming else frozenset())

    @classmethod
    def of(cls, application: Application) -> "Transfers":
        return cls.load([application], Enrolled.load(application.institution_id, [application]))

    def faults(self, application: Application) -> Iterator[tuple[str, str]]:
        """Field (empty where none is to blame) and code of all that stands in the way."""
        if not application.is_transfer:
            return
        for field in FORMER:
            if not getattr(application, field):
                yield field, "required"
        if application.former_major_code and not self._same_major(application):
            strict = self._rule("transfer_same_major", application)
            yield "former_major_code", "transfer_other_major" if strict else "transfer_other_discipline"
        yield from self._about_the_day(application)
        if application.pk not in self.proven:
            yield "", "transfer_evidence_missing"
        if code := self.came_before(application):
            yield "", code

    def came_before(self, application: Application) -> str | None:
        """Also asked again when the student is registered: another transfer may have come between."""
        if not application.is_transfer:
            return None
        earlier = self.enrolled.transfers[bytes(application.id_digest or b"")]
        return "transferred_before" if earlier >= self._rule("transfers_at_most", application) else None

    def _about_the_day(self, application: Application) -> Iterator[tuple[str, str]]:
        day = application.transferred_on
        if day is None:
            return
        if str(day.month) not in self._rule("transfer_months", application):
            yield "transferred_on", "transfer_in_other_month"
        elif batch_of(day) != application.batch.code:
            yield "transferred_on", "transfer_in_other_batch"

    def _same_major(self, application: Application) -> bool:
        strict = self._rule("transfer_same_major", application)
        digits = None if strict else self._rule("discipline_digits", application)
        wanted = application.center_offering.programme_version.programme.major.code
        return application.former_major_code[:digits] == wanted[:digits]

    def _rule(self, name: str, application: Application) -> Any:
        return ruled(name, application, on=application.transferred_on, book=self.book)
