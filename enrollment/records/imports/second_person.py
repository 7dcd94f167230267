"""Who decides about files that do what takes two people on a page: whoever decides about requests for changes."""

from enrollment.records.imports.students_review import CORRECTED
from enrollment.records.models.changes import ChangeKind
from enrollment.records.services.facts import said_of
from enrollment.records.services.page_refusals import SENTENCES
from exchange.importing import deciding
from exchange.kinds import SecondPerson
from exchange.models import ImportBatch
from people.services.notices import notify, users_holding
from people.services.second_person import accounts_of

VERB = "enrollment.approve_change"
NOTICES = {
    deciding.WAITS: "import_waiting",
    deciding.APPROVED: "import_approved",
    deciding.DECLINED: "import_declined",
    deciding.UNDO_WAITS: "undo_waiting",
}


def tell(batch: ImportBatch, event: str) -> None:
    """Those who may decide that something waits, but nobody who asked for it; whoever uploaded a file what became of it."""
    waits = {deciding.WAITS: batch.uploaded_by_id, deciding.UNDO_WAITS: batch.undo_asked_by_id}
    told = users_holding(VERB, batch).exclude(pk=waits[event]) if event in waits else [batch.uploaded_by]
    notify(told, NOTICES[event], institution=batch.institution, subject=batch, rows=batch.rows_total)


def in_words(column: str, value: str) -> str:
    if column == "change_type":
        return str(ChangeKind(value).label)
    return said_of(CORRECTED[column], value) if column in CORRECTED else value


SECOND_PERSON = SecondPerson(VERB, accounts_of, SENTENCES, in_words, tell)
