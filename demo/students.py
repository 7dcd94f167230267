"""Students of an institution, batch by batch: invented people at the centres and in the majors of the files."""

import datetime as dt
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import ceil
from typing import Any

from common.batches import first_day
from common.bulk import copy_rows, next_ids
from common.ledger import OpenRecording
from demo.files import InstitutionFiles, habits
from demo.lives import Lives, Target, Terms
from demo.people import People, Weighted
from enrollment.models import AdmissionPlace, StudentEntry, StudentPeriod, YearlyRegistration
from enrollment.services import EntryDraft, enter_students, entry_batches
from learning_centers.intake import CenterIntake, center_intakes
from learning_centers.models import Institution, LearningCenter, ProgrammeVersion
from learning_centers.models.centers import CenterStatus, Regime
from learning_centers.services import offer_at_centers
from people.services import register_persons

PATH_DIGIT = {"sec_to_jc": 1, "jc_to_ba": 2, "sec_to_ba": 3}
STUDENTS_AT_ONCE = 8000
Say = Callable[[str], None]


@dataclass(frozen=True)
class Class:
    """A centre's programme version that new students enter."""

    center: LearningCenter
    intake: CenterIntake
    version: ProgrammeVersion

    @property
    def major(self) -> Any:
        return self.version.programme.major

    @property
    def level_path(self) -> str:
        return self.version.programme.level_path


class StudentBody:
    def __init__(self, institution: Institution, files: InstitutionFiles, versions: list[ProgrammeVersion]) -> None:
        told = files.students
        self.institution = institution
        self.until: dt.date = told["until"]
        self.complete_from: dt.date = files.profile["institution"]["records_complete_from"]
        self.batches: list[dict[str, Any]] = told["batch"]
        self.paths = Weighted.of(told["level_paths"])
        self.rng = random.Random(told["seed"])
        self.people = People(self.rng)
        self.lives = Lives(self.rng)
        self.serials: Counter[tuple[str, str, str]] = Counter()
        self.candidates: Counter[int] = Counter()
        self.classes: dict[tuple[int, str, str, dt.date], list[Class]] = {}
        centers = list(
            LearningCenter.objects.filter(institution=institution, regime__in=DEGREE_REGIMES).order_by("code")
        )
        self.intakes = center_intakes(centers)
        self.centers = {center.pk: center for center in centers}
        self.sizes = {center.pk: self.rng.lognormvariate(0, 0.7) for center in centers}
        self.versions: dict[tuple[str, str], dict[str, ProgrammeVersion]] = defaultdict(dict)
        for version in versions:
            programme = version.programme
            self.versions[programme.level_path, version.study_form][programme.major.code] = version

    def enter(self, scale: float, *, entry: OpenRecording, say: Say) -> int:
        """Enter every batch at this scale; returns the number of students."""
        entered = 0
        for batch in self.batches:
            drafts = list(self._drafts(batch, max(1, round(batch["students"] * scale))))
            self._plan(batch["code"], drafts, entry)
            for start in range(0, len(drafts), STUDENTS_AT_ONCE):
                self._enter(drafts[start : start + STUDENTS_AT_ONCE], entry)
            entered += len(drafts)
            say(f"{batch['code']} {batch['study_form']}: {len(drafts)} students")
        self._register_the_year(entry)
        return entered

    def _register_the_year(self, entry: OpenRecording) -> None:
        """Everybody who was there before September has registered for the school year of the last day, but for a few."""
        year = self.until.year if self.until.month >= 9 else self.until.year - 1
        first, forgetful = dt.date(year, 9, 1), habits()["entry"]["not_registered"]
        there = StudentPeriod.objects.current().on(self.until).filter(institution=self.institution, state="active")
        known = (
            there.filter(student__entries__entry_date__lt=first).order_by("student").values_list("student", "center")
        )
        copy_rows(
            YearlyRegistration,
            ("institution_id", "student_id", "center_id", "school_year", "registered_on", "recorded_in_id"),
            (
                (self.institution.pk, student, center, year, first + dt.timedelta(days=11), entry.id)
                for student, center in list(known)
                if self.rng.random() >= forgetful
            ),
        )

    def _enter(self, drafts: list[tuple[Class, dt.date, int]], entry: OpenRecording) -> None:
        persons = [self.people.person(one.center.province_code, day, one.level_path) for one, day, _serial in drafts]
        keys = register_persons(self.institution, persons, entry=entry)
        students = [self._student(one, day, serial, key) for (one, day, serial), key in zip(drafts, keys, strict=True)]
        enter_students(self.institution, students, entry=entry)

    def _drafts(self, batch: dict[str, Any], count: int) -> Iterator[tuple[Class, dt.date, int]]:
        """Centres by their size, evenly spread so that a small sample still reaches all corners; majors by chance."""
        day, form = first_day(batch["code"]), batch["study_form"]
        centers = [key for key in self.centers if self._takes_students(key, day)]
        total = sum(self.sizes[key] for key in centers)
        step, at, offset = total / count, 0.0, self.rng.random()
        point = offset * step
        for key in self.rng.sample(centers, len(centers)):
            at += self.sizes[key]
            while point < at:
                point += step
                one = self._class(key, form, day)
                number = self.serials[batch["code"], one.level_path, one.center.code] = (
                    self.serials[batch["code"], one.level_path, one.center.code] + 1
                )
                yield one, day, number

    def _takes_students(self, key: int, day: dt.date) -> bool:
        """Carried-over batches ask only whether the centre was at work; the later ones keep all rules of admission."""
        intake = self.intakes[key]
        at_work = any(
            status == CenterStatus.ACTIVE and (span[0] is None or span[0] <= day) and (span[1] is None or day < span[1])
            for span, status in intake.states
        )
        ever_revoked = any(status == CenterStatus.REVOKED for _span, status in intake.states)
        return at_work and not ever_revoked and (day < self.complete_from or intake.refusal(day) is None)

    def _class(self, key: int, form: str, day: dt.date) -> Class:
        drawn = self.paths.draw(self.rng)
        for path in (drawn, *self.paths.values):
            if classes := self._classes(key, path, form, day):
                return self.rng.choice(classes)
        raise ValueError(f"centre {self.intakes[key].code} has no major to offer in {form}")

    def _classes(self, key: int, path: str, form: str, day: dt.date) -> list[Class]:
        known = self.classes.get((key, path, form, day))
        if known is None:
            intake = self.intakes[key]
            known = self.classes[key, path, form, day] = [
                Class(self.centers[key], intake, version)
                for code, version in self.versions[path, form].items()
                if intake.is_open_for(code, day)
            ]
        return known

    def _plan(self, batch: str, drafts: list[tuple[Class, dt.date, int]], entry: OpenRecording) -> None:
        """Places of the batches that the records cover, a little more than are taken."""
        if first_day(batch) < self.complete_from:
            return
        taken = Counter((one.center.pk, one.version.pk) for one, _day, _serial in drafts)
        offerings = offer_at_centers(self.institution, taken, entry=entry)
        key = entry_batches(self.institution, [batch])[batch]
        copy_rows(
            AdmissionPlace,
            ("id", "institution_id", "batch_id", "center_offering_id", "quota", "taken", "remark", "recorded_in_id"),
            (
                (place, self.institution.pk, key, offerings[pair], ceil(count * 1.1 / 5) * 5, count, "", entry.id)
                for place, (pair, count) in zip(next_ids(AdmissionPlace, len(taken)), taken.items(), strict=True)
            ),
        )

    def _student(self, one: Class, day: dt.date, serial: int, person: int) -> EntryDraft:
        carried_over = day < self.complete_from
        season = 1 if day.month == 3 else 2
        transferred = not carried_over and self.rng.random() < habits()["entry"]["transfer_in"]
        self.candidates[day.year] += 1
        major, years = one.major, one.version.normal_years
        end = day.replace(year=day.year + int(years)) if years == int(years) else _half_years_on(day, int(years * 2))
        return EntryDraft(
            student_no=f"{day.year}{season}{PATH_DIGIT[one.level_path]}{one.center.code}{serial:04}",
            person_id=person,
            entry_date=day,
            center_id=one.center.pk,
            programme_version_id=one.version.pk,
            length=years,
            kind=StudentEntry.Kind.TRANSFER_IN if transferred else StudentEntry.Kind.ADMISSION,
            origin=StudentEntry.Origin.OPENING_BALANCE if carried_over else StudentEntry.Origin.RECORDED,
            candidate_no=f"{(day.year - 1) % 100:02}{one.center.province_code[:2]}99{self.candidates[day.year]:08}",
            class_name=habits()["words"]["class_name"].format(major=major.name, batch=f"{day:%y%m}"),
            expected_graduation=end,
            prior_certificate_no=self._prior_certificate(one, day),
            changes=self.lives.changes(self._terms(one, day, carried_over=carried_over)),
        )

    def _prior_certificate(self, one: Class, day: dt.date) -> str:
        """Of a school 99999 that does not exist."""
        if one.level_path != "jc_to_ba":
            return ""
        return f"999995{day.year - self.rng.randint(1, 8)}06{self.people.made % 1_000_000:06}"

    def _terms(self, one: Class, day: dt.date, *, carried_over: bool) -> Terms:
        return Terms(
            entry_date=day,
            years=one.version.normal_years,
            carried_over=carried_over,
            complete_from=self.complete_from,
            until=self.until,
            center_code=one.center.code,
            major_code=one.major.code,
            other_center=lambda on: self._other_center(one, on),
            other_major=lambda on: self._other_major(one, on),
        )

    def _other_center(self, one: Class, on: dt.date) -> Target | None:
        """Half of those who move stay in the province, as far as it has another centre for the major."""
        able = [
            key
            for key in self.rng.sample(list(self.centers), min(40, len(self.centers)))
            if key != one.center.pk
            and self._takes_students(key, on)
            and self.intakes[key].is_open_for(one.major.code, on)
        ]
        near = [key for key in able if self.centers[key].province_code == one.center.province_code]
        found = near if near and self.rng.random() < 0.5 else able
        return Target(self.centers[found[0]].code, center_id=found[0]) if found else None

    def _other_major(self, one: Class, on: dt.date) -> Target | None:
        """The same path and form at the same centre, in the same class of majors where there is one (docs/rules.md §2.4)."""
        there = self.versions[one.level_path, one.version.study_form]
        able = [code for code in there if code != one.major.code and one.intake.is_open_for(code, on)]
        near = [code for code in able if code[:4] == one.major.code[:4]] or able
        if not near:
            return None
        code = self.rng.choice(near)
        return Target(code, programme_version_id=there[code].pk)


DEGREE_REGIMES = (Regime.SCHOOL_DIRECT, Regime.FILED)


def _half_years_on(day: dt.date, half_years: int) -> dt.date:
    months = day.year * 12 + day.month - 1 + 6 * half_years
    return dt.date(months // 12, months % 12 + 1, day.day)
