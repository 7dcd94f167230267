"""A coordinator asks with evidence, follows the request, withdraws it; the other centre of a transfer says its word."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from enrollment.models import Attachment, ChangeRequest, RequestParty
from enrollment.records.reasons import shipped_reasons
from enrollment.requests.services.requesting import return_request
from tests.applicants import an_offering
from tests.builders import a_student
from tests.enrollment.papers import PDF
from tests.portal.conftest import client_of


def a_file(content: bytes = PDF, name: str = "证明.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def a_reason(kind: str) -> str:
    return next((code for act, code in shipped_reasons() if act == f"change.{kind}"), "")


def ask(client, student, kind: str, **said):
    url = reverse("portal:request_new", args=[student.public_id, kind])
    terms = {"effective_date": "2026-12-01", "reason_code": a_reason(kind), "reason": "family"}
    return client.post(url, {**terms, **said}, follow=True)


def test_a_suspension_goes_to_the_registrar_with_its_evidence(place, client):
    answer = ask(client, a_student(place.mine), "suspend", evidence=a_file())
    asked = ChangeRequest.objects.get()
    assert asked.status == "submitted"
    assert Attachment.objects.get().request == asked
    assert "A registrar decides next." in answer.text


def test_without_evidence_nothing_is_left_and_what_was_typed_stays(place, client):
    answer = ask(client, a_student(place.mine), "suspend", reason="an illness")
    assert answer.context["form"].errors["evidence"]
    assert "an illness" in answer.text
    assert not ChangeRequest.objects.exists()


def test_only_a_programme_that_the_kind_of_change_allows_is_offered(place, client):
    student = a_student(place.mine)
    major, path = an_offering(place.mine, major="080801"), an_offering(place.mine, level_path="hs_to_ba")
    form = an_offering(place.mine, study_form="correspondence")
    offered = {
        kind: set(
            client.get(reverse("portal:request_new", args=[student.public_id, kind]))
            .context["form"].fields["new_programme"].queryset
        )
        for kind in ("change_major", "change_form")
    }  # fmt: skip
    assert offered == {"change_major": {major.programme_version}, "change_form": {form.programme_version}}
    assert path.programme_version not in offered["change_major"]


def test_a_file_that_is_no_paper_is_said_at_its_field(place, client):
    answer = ask(client, a_student(place.mine), "suspend", evidence=a_file(b"MZ not a paper", "evil.pdf"))
    assert "Only JPEG, PNG and PDF are taken" in str(answer.context["form"].errors["evidence"])
    assert not ChangeRequest.objects.exists()


def test_a_draft_waits_and_is_handed_in_later(place, client):
    student = a_student(place.mine)
    ask(client, student, "suspend", save="1")
    asked = ChangeRequest.objects.get()
    assert asked.status == "draft"
    url = reverse("portal:request_edit", args=[asked.public_id])
    terms = {"effective_date": "2026-12-05", "reason_code": "illness", "seen": asked.version}
    client.post(url, {**terms, "evidence": a_file()})
    asked.refresh_from_db()
    assert (asked.status, asked.effective_date.isoformat()) == ("submitted", "2026-12-05")


def test_what_came_back_says_why_and_can_be_amended(place, client):
    student = a_student(place.mine)
    ask(client, student, "suspend", evidence=a_file())
    asked = ChangeRequest.objects.get()
    return_request(asked, comment="The certificate is not stamped.", by=place.registrar)
    assert "1" in client.get(reverse("portal:home")).text
    page = client.get(reverse("portal:request", args=[asked.public_id])).text
    assert "The certificate is not stamped." in page
    assert reverse("portal:request_edit", args=[asked.public_id]) in page


def test_an_editor_who_has_seen_an_older_one_is_told(place, client):
    ask(client, a_student(place.mine), "suspend", save="1")
    asked = ChangeRequest.objects.get()
    url = reverse("portal:request_edit", args=[asked.public_id])
    terms = {"effective_date": "2026-12-05", "reason_code": "illness", "reason": "other"}
    answer = client.post(url, {**terms, "seen": asked.version + 1})
    assert "Somebody else has changed this meanwhile" in answer.text
    asked.refresh_from_db()
    assert asked.reason == "family"


def test_the_other_centre_is_named_by_its_code_and_never_listed(place, client):
    student = a_student(place.mine)
    page = client.get(reverse("portal:request_new", args=[student.public_id, "change_center"])).text
    assert place.theirs.name not in page
    assert ask(client, student, "change_center", new_center="9999").context["form"].errors["new_center"]
    ask(client, student, "change_center", new_center="0102")
    assert ChangeRequest.objects.get().new_center == place.theirs


@pytest.mark.parametrize(("word", "consent"), [("agrees", "given"), ("refuses", "refused")])
def test_the_other_side_says_its_word(place, client, word, consent):
    student = a_student(place.mine)
    ask(client, student, "change_center", new_center="0102")
    asked, other = ChangeRequest.objects.get(), client_of(place.neighbour)
    assert "transfer waits for your word" in other.get(reverse("portal:home")).text
    page = other.get(reverse("portal:request", args=[asked.public_id])).text
    assert student.student_no in page
    assert "family" not in page, "the reason stays with the student's own centre"
    url = reverse("portal:request_consent", args=[asked.public_id, "target"])
    other.post(url, {word: "1", "comment": "no room"})
    assert RequestParty.objects.get(side="target").consent == consent


@pytest.mark.parametrize(("comment", "sentence"), [("", "Say why the centre"), ("满" * 301, "at most 300 characters")])
def test_a_word_that_is_not_taken_stays_on_the_page(place, client, comment, sentence):
    ask(client, a_student(place.mine), "change_center", new_center="0102")
    url = reverse("portal:request_consent", args=[ChangeRequest.objects.get().public_id, "target"])
    page = client_of(place.neighbour).post(url, {"refuses": "1", "comment": comment}).text
    assert sentence in page
    assert comment in page
    assert RequestParty.objects.get(side="target").consent == "waiting"


def test_nobody_speaks_for_the_other_side(place, client):
    ask(client, a_student(place.mine), "change_center", new_center="0102")
    asked = ChangeRequest.objects.get()
    answer = client.post(reverse("portal:request_consent", args=[asked.public_id, "target"]), {"agrees": "1"})
    assert answer.status_code == 404
    assert RequestParty.objects.get(side="target").consent == "waiting"


def test_a_request_is_withdrawn(place, client):
    ask(client, a_student(place.mine), "suspend", evidence=a_file())
    asked = ChangeRequest.objects.get()
    client.post(reverse("portal:request_withdraw", args=[asked.public_id]), {"seen": asked.version})
    asked.refresh_from_db()
    assert asked.status == "withdrawn"


def test_evidence_is_opened_by_its_own_side_alone(place, client):
    ask(client, a_student(place.mine), "change_center", new_center="0102", evidence=a_file())
    paper = Attachment.objects.get()
    url = reverse("portal:attachment", args=[paper.public_id])
    answer = client.get(url)
    assert answer.content == PDF
    assert answer["Content-Disposition"].startswith("attachment")
    assert client_of(place.neighbour).get(url).status_code == 404


def test_a_correction_keeps_both_values(place, client):
    student = a_student(place.mine, name="王伟")
    url = reverse("portal:request_new", args=[student.public_id, "correct"])
    said = {"fact": "name", "new_value": "王炜", "reason_code": a_reason("correct"), "evidence": a_file()}
    page = client.post(url, said, follow=True).text
    assert ChangeRequest.objects.get().status == "submitted"
    assert "王伟 → 王炜" in page


@pytest.mark.parametrize(
    ("fact", "value", "told"),
    [
        ("ethnicity", "维吾尔族", ["→ 维吾尔族"]),
        ("nationality", "FRA", ["China → France"]),
        ("candidate_no", "26430302123456", ["→ **********3456"]),
        ("id_no", "11010519491231002x", ["resident identity card ****************2X", "→ 1949-12-31", "male → female"]),
    ],
)
def test_a_correction_is_told_in_words_with_what_follows_from_it(place, client, fact, value, told):
    student = a_student(place.mine, sex="male")
    url = reverse("portal:request_new", args=[student.public_id, "correct"])
    said = {"fact": fact, "new_value": value, "reason_code": a_reason("correct"), "evidence": a_file()}
    page = client.post(url, said, follow=True).text
    assert ChangeRequest.objects.get().status == "submitted"
    assert all(one in page for one in told)


@pytest.mark.parametrize(
    ("kind", "field", "said"),
    [
        ("suspend", "effective_date", {"effective_date": "2099-01-01"}),
        ("resume", "effective_date", {"effective_date": "2026-01-01"}),
        ("correct", "new_value", {"fact": "id_no", "new_value": "123"}),
        ("correct", "new_value", {"fact": "birth_date", "new_value": "yesterday"}),
    ],
)
def test_what_is_refused_is_said_at_its_field(place, client, kind, field, said):
    url = reverse("portal:request_new", args=[a_student(place.mine).public_id, kind])
    asked = {"reason_code": a_reason(kind) if kind != "resume" else "", "reason": "illness", "evidence": a_file()}
    answer = client.post(url, asked | said)
    assert list(answer.context["form"].errors) == [field]


def test_a_correction_that_changes_nothing_is_said_at_its_field(place, client):
    url = reverse("portal:request_new", args=[a_student(place.mine, name="王伟").public_id, "correct"])
    said = {"fact": "name", "new_value": "王伟", "reason_code": a_reason("correct"), "evidence": a_file()}
    assert client.post(url, said).context["form"].errors["new_value"]
    assert not ChangeRequest.objects.exists()


def test_a_draft_is_not_for_the_other_centre_to_see(place, client):
    ask(client, a_student(place.mine, name="欧阳娜娜"), "change_center", new_center="0102", save="1")
    asked, theirs = ChangeRequest.objects.get(), client_of(place.neighbour)
    page = reverse("portal:request", args=[asked.public_id])
    assert theirs.get(page).status_code == 404
    assert "欧阳娜娜" not in theirs.get(reverse("portal:requests")).text
    terms = {
        "effective_date": "2026-12-01",
        "reason_code": a_reason("change_center"),
        "reason": "family",
        "new_center": "0102",
    }
    edit = reverse("portal:request_edit", args=[asked.public_id])
    client.post(edit, {**terms, "seen": asked.version, "evidence": a_file()})
    assert "欧阳娜娜" in theirs.get(page).text


def test_a_transfer_that_came_back_waits_for_its_own_centre_alone(place, client):
    ask(client, a_student(place.mine), "change_center", new_center="0102", evidence=a_file())
    return_request(ChangeRequest.objects.get(), comment="unreadable", by=place.registrar)
    assert "came back" in client.get(reverse("portal:home")).text
    assert "came back" not in client_of(place.neighbour).get(reverse("portal:home")).text
