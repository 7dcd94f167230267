"""Rows for tests, by functions with defaults; the domain's own services where they exist."""

import datetime as dt
from decimal import Decimal
from itertools import count
from typing import Any

from common.identifiers import check_character
from common.ledger import recording
from enrollment.models import Application, ChangeRequest, RequestParty, Student
from enrollment.services import ChangeDraft, EntryDraft, enter_students, entry_batches
from learning_centers.models import (
    CenterFiling,
    CenterOffering,
    CenterPeriod,
    FiledMajor,
    Institution,
    LearningCenter,
    Major,
    Offering,
    Organization,
    Programme,
    ProgrammeVersion,
    School,
    SchoolName,
    Site,
)
from people.models import Membership, Role, User
from people.services import PersonDraft, register_persons

serial = count(1)
TODAY = dt.date(2026, 11, 21)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def the_system() -> User:
    return User.objects.system()


def an_institution(code: str = "11414", name: str = "中国石油大学") -> Institution:
    return Institution.objects.get_or_create(code=code, defaults={"name": name})[0]


def a_school(institution: Institution, code: str = "S1", name: str = "继续教育学院") -> School:
    if known := School.objects.current().filter(institution=institution, code=code).first():
        return known
    with recording(institution, by=the_system(), reason="tests.build") as entry:
        school = School.objects.create(institution=institution, code=code, name=name, recorded_in_id=entry.id)
        SchoolName.objects.create(school=school, name=name, recorded_in_id=entry.id)
    return school


def a_version(
    institution: Institution,
    major: str = "081502",
    level_path: str = "jc_to_ba",
    study_form: str = "part_time",
    school: School | None = None,
) -> ProgrammeVersion:
    """An offered programme version, open from autumn 2010."""
    school = school or a_school(institution)
    found = ProgrammeVersion.objects.current().filter(
        programme__school=school,
        programme__major__code=major,
        programme__level_path=level_path,
        study_form=study_form,
    )
    if version := found.first():
        return version
    with recording(institution, by=the_system(), reason="tests.build") as entry:
        known = {"institution": institution, "recorded_in_id": entry.id}
        the_major = Major.objects.current().filter(institution=institution, code=major).first()
        the_major = the_major or Major.objects.create(code=major, name=f"专业{major}", **known)
        programme, _ = Programme.objects.get_or_create(
            school=school, major=the_major, level_path=level_path, defaults=known
        )
        years = Decimal("2.5")
        version = ProgrammeVersion.objects.create(
            programme=programme, study_form=study_form, normal_years=years, min_years=years, max_years=5, **known
        )
        Offering.objects.create(programme_version=version, open_from=day("2010-09-01"), **known)
    return version


def a_center(
    institution: Institution,
    code: str = "0101",
    *,
    province: str = "430000",
    regime: str = "filed",
    status: str = "active",
    school: School | None = None,
    majors: tuple[str, ...] = ("081502",),
    filed: tuple[str, str] = ("2010-01-01", "2040-01-01"),
) -> LearningCenter:
    """An active filed centre with its site, filing and filed majors (each offered as `a_version`)."""
    if known := LearningCenter.objects.current().filter(institution=institution, code=code).first():
        return known
    school = school or a_school(institution)
    versions = [a_version(institution, major, school=school) for major in majors]
    with recording(institution, by=the_system(), reason="tests.build") as entry:
        center = LearningCenter.objects.create(
            institution=institution, code=code, regime=regime, name=f"教学点{code}", school=school, status=status,
            province_code=province, recorded_in_id=entry.id,
        )  # fmt: skip
        site = Site.objects.create(institution=institution, province_code=province, recorded_in_id=entry.id)
        CenterPeriod.objects.create(
            institution=institution, center=center, name=center.name, school=school, type="learning_center", site=site,
            status=status, recorded_in_id=entry.id,
        )  # fmt: skip
        CenterFiling.objects.create(center=center, begin=day(filed[0]), end=day(filed[1]), recorded_in_id=entry.id)
        for version in versions:
            FiledMajor.objects.create(center=center, major=version.programme.major, recorded_in_id=entry.id)
    return center


def handed_over(center: LearningCenter, school: School, on: str) -> None:
    """The centre belongs to another school from this day on."""
    with recording(center.institution, by=the_system(), reason="tests.hand_over") as entry:
        known = CenterPeriod.objects.current().get(center=center)
        CenterPeriod.objects.filter(pk=known.pk).supersede(entry.id)
        for begin, end, holder in ((None, day(on), known.school), (day(on), None, school)):
            CenterPeriod.objects.create(
                institution=center.institution, center=center, name=known.name, school=holder, type=known.type,
                site=known.site, status=known.status, begin=begin, end=end, recorded_in_id=entry.id,
            )  # fmt: skip


def an_identity_number(birth: str = "1990-01-01", sex: str = "male", region: str = "430302") -> str:
    number = f"{region}{birth.replace('-', '')}{next(serial) * 2 % 1000 + (sex == 'male'):03d}"
    return number + check_character(number)


def a_student(
    center: LearningCenter,
    student_no: str | None = None,
    *,
    entered: str = "2024-09-01",
    version: ProgrammeVersion | None = None,
    name: str = "王伟",
    sex: str = "male",
    born: str = "1990-01-01",
    id_no: str | None = None,
    changes: tuple[tuple[Any, ...], ...] = (),
    **entry_values: Any,
) -> Student:
    """A student with the changes `(kind, day)` or `(kind, day, {draft values})` since entry."""
    institution = center.institution
    person = PersonDraft(name, "resident_id", id_no or an_identity_number(born, sex), sex, day(born))
    drafts = tuple(ChangeDraft(kind, day(on), **dict(*rest)) for kind, on, *rest in changes)
    with recording(institution, by=the_system(), reason="tests.build") as entry:
        (person_id,) = register_persons(institution, [person], entry=entry)
        draft = EntryDraft(
            student_no=student_no or f"{entered[:4]}{next(serial):08d}",
            person_id=person_id,
            entry_date=day(entered),
            center_id=center.pk,
            programme_version_id=(version or a_version(institution)).pk,
            length=Decimal("2.5"),
            changes=drafts,
            **entry_values,
        )
        (key,) = enter_students(institution, [draft], entry=entry)
    return Student.objects.get(pk=key)


def many_students(
    center: LearningCenter, count: int, *, entered: str, changes: tuple[tuple[Any, ...], ...] = (), **entry_values: Any
) -> list[Student]:
    """As `a_student`, `count` times with one life, in one recording."""
    institution, version = center.institution, a_version(center.institution)
    drafts = tuple(ChangeDraft(kind, day(on), **dict(*rest)) for kind, on, *rest in changes)
    births = [day("1980-01-01") + dt.timedelta(days=next(serial) % 9000) for _ in range(count)]
    persons = [
        PersonDraft("王伟", "resident_id", an_identity_number(born.isoformat()), "male", born) for born in births
    ]
    with recording(institution, by=the_system(), reason="tests.build") as entry:
        entries = [
            EntryDraft(
                student_no=f"{entered[:4]}{next(serial):08d}", person_id=person, entry_date=day(entered),
                center_id=center.pk, programme_version_id=version.pk, length=Decimal("2.5"), changes=drafts, **entry_values,
            )
            for person in register_persons(institution, persons, entry=entry)
        ]  # fmt: skip
        keys = enter_students(institution, entries, entry=entry)
    return list(Student.objects.filter(pk__in=keys).order_by("pk"))


def a_user(username: str, *verbs: str, at: Any = None, **fields: Any) -> User:
    """A user with these rights at an institution, school, centre or partner (`at`), or with no membership at all."""
    user = User.objects.create_user(username, "correct horse", **fields)
    if at is None:
        return user
    role = Role.objects.create(code=f"role-{next(serial)}", name=username, verbs=list(verbs))
    level = {School: "school", LearningCenter: "center", Organization: "partner"}.get(type(at))
    institution = at.institution if level else at
    Membership.objects.create(
        user=user, role=role, institution=institution, begin=day("2000-01-01"), **({level: at} if level else {})
    )
    return user


def a_written_application(
    center: LearningCenter, *, batch: str = "2026-autumn", by: Any = None, **values: Any
) -> Application:
    """A draft as a coordinator leaves it; `values` are columns, also the status."""
    institution = center.institution
    version = a_version(institution)
    with recording(institution, by=the_system(), reason="tests.build") as entry:
        keys = entry_batches(institution, [batch])
        offering = CenterOffering.objects.current().filter(center=center, programme_version=version).first()
        offering = offering or CenterOffering.objects.create(
            institution=institution, center=center, programme_version=version, recorded_in_id=entry.id
        )
        known = {"name": "李娜", "created_by": by or the_system(), "id_digest": next(serial).to_bytes(32, "big")}
        return Application.objects.create(
            institution=institution, batch_id=keys[batch], center_offering=offering, recorded_in_id=entry.id,
            **known | values,
        )  # fmt: skip


def a_request(
    student: Student, *, kind: str = "suspend", on: str | None = "2026-12-01", by: Any = None, **values: Any
) -> ChangeRequest:
    """A request of the student's present centre, in draft unless `status` says otherwise."""
    request = ChangeRequest.objects.create(
        institution=student.institution, student=student, kind=kind, effective_date=on and day(on),
        requested_by=by or the_system(), **values,
    )  # fmt: skip
    RequestParty.objects.create(
        institution=student.institution, request=request, center=student.current_center, side=RequestParty.Side.SOURCE
    )
    return request
