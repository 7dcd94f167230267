"""What was written wrongly is corrected (勘误), what was decided wrongly is taken back, what was decided ahead is withdrawn."""

import datetime as dt
from collections.abc import Callable, Iterator

from demo.simulating.asking import ask
from demo.simulating.enrolled import active_students, own_students
from demo.simulating.scene import Scene
from enrollment.models import ChangeRequest, Student, StudentChange, StudentEntry
from enrollment.records.models.changes import ChangeKind as Kind
from enrollment.records.services.future import withdraw_future_change
from enrollment.requests.models.requests import CORRECT, REVERSE, RequestStatus
from enrollment.services import RequestDraft, request_change
from people.models import PersonFacts

RARE_NAMES = ("欧阳㛃", "李𠮷祥", "阿依古丽·买买提", "王㐂", "司马䶮")
REVERSIBLE = (Kind.SUSPEND, Kind.CHANGE_MAJOR, Kind.CHANGE_CENTER, Kind.WITHDRAW, Kind.REPEAT_YEAR, Kind.EXPEL)
NO_LONGER = {
    "change_not_possible",
    "later_change_in_the_way",
    "no_admission_plan",
    "quota_exceeded",
    "nothing_changes",
    "study_form_not_valid_for_batch",
}
STANDS = {
    "change_not_possible", "already_asked", "later_change_leads_nowhere", "major_not_open_at_center", "center_revoked",
}  # fmt: skip
"""Why a document is not taken back: something later stands on it."""

NewValue = Callable[[Scene, Student], str]


def _name(scene: Scene, student: Student) -> str:
    return scene.rng.choice(RARE_NAMES)


def _entry_date(scene: Scene, student: Student) -> str:
    """Some days after the batch began, as the registry has it; whatever happened sooner stands in the way."""
    entered = StudentEntry.objects.current().get(student=student).entry_date
    return (entered + dt.timedelta(days=scene.rng.randint(1, 9))).isoformat()


def _candidate_no(scene: Scene, student: Student) -> str:
    return f"{scene.today.year % 100:02}{student.current_center.province_code[:2]}97{student.pk % 10**8:08}"


FACTS: dict[str, tuple[float, NewValue]] = {
    "name": (0.004, _name),
    "entry_date": (0.004, _entry_date),
    "political_status": (0.006, lambda scene, _student: scene.rng.choice(("party_member", "masses", "league_member"))),
    "ethnicity": (0.004, lambda scene, _student: scene.rng.choice(("03", "11", "15", "08"))),
    "candidate_no": (0.003, _candidate_no),
}


def correct(scene: Scene) -> None:
    """Some facts of students of all years, also of those who left long ago."""
    students = list(own_students(scene))
    for fact, (share, new_value) in FACTS.items():
        for student in scene.some(f"corrects {fact}", share, students):
            draft = RequestDraft(CORRECT, fact=fact, new_value=new_value(scene, student), reason="与证件不符")
            ask(scene, student, draft, expected=NO_LONGER, by=scene.cast.registrar)
    for student in scene.some("contradicts the number", 0.003, active_students(scene)):
        facts = PersonFacts.objects.current().get(person=student.person_id)
        if facts.nationality == "CHN" and facts.birth_date:
            wrong = (facts.birth_date + dt.timedelta(days=1)).isoformat()
            draft = RequestDraft(CORRECT, fact="birth_date", new_value=wrong, reason="本人自述")
            by = scene.cast.coordinator(student.current_center_id)
            scene.tally.provoke("contradicts_number", request_change, student, draft, by=by)


def take_back(scene: Scene) -> None:
    """Documents of the last year that were a mistake, where nothing later stands on them."""
    since = scene.today - dt.timedelta(days=365)
    documents = StudentChange.objects.in_force().filter(
        student__in=own_students(scene), kind__in=REVERSIBLE, effective_date__range=(since, scene.today)
    )
    joined = list(documents.select_related("student__institution", "student__current_center").order_by("pk"))
    for document in scene.some("taken back", 0.06, joined):
        draft = RequestDraft(REVERSE, reverses=document, reason="决定有误")
        ask(scene, document.student, draft, expected=STANDS, by=scene.cast.registrar)


def withdraw_ahead(scene: Scene) -> None:
    """A few of the changes that were decided ahead do not come to pass; once their day has come it is too late."""
    for document in list(_decided_ahead(scene)):
        if document.effective_date > scene.today:
            if scene.whole("withdrawn ahead", 0.15):
                scene.tally.do(withdraw_future_change, document, reason="本人放弃", by=scene.cast.registrar)
        elif scene.whole("withdrawn too late", 0.1):
            terms = {"reason": "本人放弃", "by": scene.cast.registrar}
            scene.tally.provoke("already_in_force", withdraw_future_change, document, **terms)


def _decided_ahead(scene: Scene) -> Iterator[StudentChange]:
    month = dt.timedelta(days=31)
    approved = ChangeRequest.objects.filter(institution=scene.institution, status=RequestStatus.APPROVED)
    documents = StudentChange.objects.in_force().filter(
        pk__in=approved.values("document"),
        student__in=own_students(scene),
        effective_date__range=(scene.today - month, scene.today + month),
    )
    yield from documents.select_related("student__institution").order_by("pk")
