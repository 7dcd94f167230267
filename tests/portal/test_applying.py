"""One applicant in two minutes: the number fills in birth and sex, faults stand at their field, nothing typed is lost."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from common.dates import as_on
from enrollment.admission.forms.applications import ApplicationForm
from enrollment.models import Application, Attachment
from enrollment.services import issue_notices, return_application
from learning_centers.services.rules import Setting, set_rule
from tests.applicants import a_draft, a_place, an_application
from tests.builders import a_student, an_identity_number, day, the_system
from tests.enrollment.papers import PDF, a_picture
from tests.portal.conftest import client_of

NEW, JUDGE = reverse("portal:application_new"), reverse("portal:judge_applicant")
COLUMNS = {one.name for one in Application._meta.get_fields()}
ID_NO, BATCH = "110101199003070775", "2026-spring"


@pytest.fixture(autouse=True)
def the_first_day_of_the_batch():
    with as_on(day("2026-03-01")):
        yield


def said(place, **more) -> dict:
    """A complete form, sex and birth date left to the number."""
    draft = a_draft()
    return {
        "place": place.pk if place else "", "id_type": "resident_id",
        "id_no": ID_NO, "name": "王伟", "phone": draft.phone, "ethnicity": "01",
        "candidate_no": draft.candidate_no, "prior_school": draft.prior_school,
        "prior_certificate_no": draft.prior_certificate_no, **more,
    }  # fmt: skip


def test_handed_in_at_once_with_what_the_number_says(place, client):
    photo = SimpleUploadedFile("me.jpg", a_picture())
    answer = client.post(NEW, said(a_place(place.mine), photo=photo), follow=True)
    application = Application.objects.get()
    assert (application.status, application.sex, application.birth_date) == ("submitted", "male", day("1990-03-07"))
    assert Attachment.objects.get().item == "photo"
    assert ID_NO not in answer.text
    assert "handed in" in answer.text


def test_a_draft_may_miss_anything_and_says_later_what_is_missing(place, client):
    client.post(NEW, {"place": a_place(place.mine).pk, "id_type": "resident_id", "name": "王伟"}, follow=True)
    application = Application.objects.get()
    assert application.status == "draft"
    page = client.get(reverse("portal:application_edit", args=[application.public_id]), {"faults": "1"})
    assert set(page.context["form"].errors) >= {"id_no", "phone", "ethnicity"}


def test_what_is_sealed_stays_when_a_draft_is_written_again(place, client):
    client.post(NEW, said(a_place(place.mine), save="1"))
    application = Application.objects.get()
    url = reverse("portal:application_edit", args=[application.public_id])
    page = client.get(url).text
    assert ID_NO not in page
    assert "****************75" in page
    again = said(None, name="王小伟", id_no="", phone="", seen=application.version)
    client.post(url, again)
    application.refresh_from_db()
    assert (application.status, application.name, application.id_no) == ("submitted", "王小伟", ID_NO)


def test_a_photo_that_is_too_small_is_said_at_its_field_and_nothing_is_kept(place, client):
    tiny = SimpleUploadedFile("me.jpg", a_picture(size=(30, 40)))
    answer = client.post(NEW, said(a_place(place.mine), photo=tiny))
    assert answer.context["form"].errors["photo"]
    assert "王伟" in answer.text
    assert not Application.objects.exists()


def test_only_places_of_the_own_centre_can_be_chosen(place, client):
    a_place(place.mine)
    foreign = a_place(place.theirs)
    page = client.get(NEW)
    assert page.context["form"].fields["place"].queryset.count() == 1
    answer = client.post(NEW, said(foreign))
    assert "Select a valid choice" in str(answer.context["form"].errors["place"])
    assert not Application.objects.exists()


@pytest.mark.parametrize(
    ("id_no", "sentence"),
    [(ID_NO, "This number can be true."), ("110101199003070774", "The check character of the number is wrong")],
)
def test_the_number_is_judged_while_it_is_typed(place, client, id_no, sentence):
    answer = client.post(JUDGE, {"id_type": "resident_id", "id_no": id_no})
    assert sentence in answer.text
    assert ('value="1990-03-07"' in answer.text) is (id_no == ID_NO)
    assert ('value="male" selected' in answer.text) is (id_no == ID_NO)


def test_a_child_is_said_to_be_one_before_the_form_is_handed_in(place, client):
    typed = {"id_type": "resident_id", "place": a_place(place.mine).pk}
    assert "Younger than 15" in client.post(JUDGE, typed | {"id_no": "430302202001011233"}).text
    assert "Younger than 15" not in client.post(JUDGE, typed | {"id_no": ID_NO}).text


@pytest.mark.parametrize("name", ['=HYPERLINK("x")', "王<b>伟</b>", "123"])
def test_a_name_that_no_file_may_bring_is_not_handed_in_either(place, client, name):
    answer = client.post(NEW, said(a_place(place.mine), name=name), follow=True)
    assert "A name holds letters" in str(answer.context["form"].errors["name"])
    assert Application.objects.get().status == "draft"


def test_a_name_is_kept_as_files_bring_it(place, client):
    client.post(NEW, said(a_place(place.mine), name="买买提•阿不都拉"))
    kept = Application.objects.get()
    assert (kept.status, kept.name) == ("submitted", "买买提·阿不都拉")


def test_a_phone_may_send_a_picture_that_it_has(place, client):
    assert " capture=" not in client.get(NEW).text


def test_twins_are_shown_while_typing_where_they_may_be_seen_and_not_elsewhere(place, client):
    a_student(place.mine, name="王伟", id_no=ID_NO, born="1990-03-07")
    a_student(place.theirs, name="王伟", born="1990-03-07")
    page = client.post(
        JUDGE, {"id_type": "resident_id", "id_no": ID_NO, "name": "王伟", "birth_date": "1990-03-07"}
    ).text
    assert "This number is known already:" in page
    assert page.count("said warn") == 1
    theirs = an_identity_number("1990-03-07", "male")
    a_student(place.theirs, name="赵六", id_no=theirs)
    typed = {"id_type": "resident_id", "id_no": theirs, "name": "赵六", "birth_date": "1990-03-07"}
    assert "said warn" not in client.post(JUDGE, typed).text


def test_typing_numbers_is_limited(place, client):
    set_rule(place.mine.institution, Setting("number_checks_per_hour", 2, "house rule"), by=the_system())
    a_student(place.mine, name="王伟", id_no=ID_NO, born="1990-03-07")
    typed = {"id_type": "resident_id", "id_no": ID_NO, "name": "王伟", "birth_date": "1990-03-07"}
    pages = [client.post(JUDGE, typed).text for _time in range(3)]
    assert ["This number is known already:" in page for page in pages] == [True, True, False]
    assert "You have reached the limit of an hour (2)" in pages[2]


def test_what_came_back_stands_at_home_with_its_reason(place, client):
    with as_on(day("2026-03-01")):
        application = an_application(place.mine, by=place.coordinator)
    return_application(
        application, reason_code="photo_unfit", comment="The photo shows two people.", by=place.registrar
    )
    assert "application came back" in client.get(reverse("portal:home")).text
    page = client.get(reverse("portal:application", args=[application.public_id])).text
    assert "The photo shows two people." in page


def test_a_place_is_given_up_with_a_reason(place, client):
    application = an_application(place.mine)
    url = reverse("portal:application_withdraw", args=[application.public_id])
    client.post(url, {"reason_code": "no such reason", "seen": application.version})
    application.refresh_from_db()
    assert application.status == "submitted"
    reason = client.get(reverse("portal:application", args=[application.public_id])).context["withdraw"]
    code = reason.fields["reason_code"].choices[1][0]
    client.post(url, {"reason_code": code, "seen": application.version})
    application.refresh_from_db()
    assert application.status == "withdrawn"


def test_what_was_typed_with_a_withdrawal_stays_until_it_is_taken(place, client):
    application = an_application(place.mine)
    url = reverse("portal:application_withdraw", args=[application.public_id])
    long = "因" * 1001
    page = client.post(url, {"reason_code": "own_wish", "comment": long, "seen": application.version})
    assert "at most 1000 characters" in str(page.context["withdraw"].errors["comment"])
    assert long in page.text
    assert f'name="next" value="{reverse("portal:application", args=[application.public_id])}"' in page.text
    page = client.post(url, {"reason_code": "own_wish", "comment": long[:1000], "seen": application.version - 1})
    assert "Somebody else has changed this" in page.text
    assert long[:1000] in page.text
    client.post(url, {"reason_code": "own_wish", "comment": long[:1000], "seen": page.context["row"].version})
    assert application.steps.last().comment == long[:1000]


def test_no_field_takes_more_than_the_record_holds():
    for name, field in ApplicationForm.base_fields.items():
        stored = name in COLUMNS and getattr(Application._meta.get_field(name), "max_length", None)
        if stored and hasattr(field, "max_length") and name not in ("nationality",):
            assert field.max_length <= stored, name


FULL_WIDTH = str.maketrans("0123456789X-", "０１２３４５６７８９Ｘ－")


@pytest.mark.parametrize(
    "typed",
    [
        ID_NO.translate(FULL_WIDTH),
        f" {ID_NO} ",
        "110101 19900307 0775",
        "110101-19900307-0775\u200b",
        ID_NO[:17] + "５",
    ],
)
def test_a_number_is_taken_however_wide_it_is_typed(place, client, typed):
    numbers = {"candidate_no": "26430101151234", "phone": "13812345678"}
    wide = {name: " - ".join([number[:4], number[4:]]).translate(FULL_WIDTH) for name, number in numbers.items()}
    assert "This number can be true." in client.post(JUDGE, {"id_type": "resident_id", "id_no": typed}).text
    client.post(NEW, said(a_place(place.mine), id_no=typed, **wide))
    application = Application.objects.get()
    assert (application.status, application.id_no) == ("submitted", ID_NO)
    assert (application.candidate_no, application.phone) == ("26430101151234", "+8613812345678")


def test_who_was_admitted_is_checked_in_on_arrival(place, client):
    a_place(place.mine)
    application = an_application(place.mine, "accepted")
    listed = client.get(reverse("portal:check_in_list"))
    assert "waits for its notice" in listed.text
    url = reverse("portal:check_in", args=[application.public_id])
    assert "The admission notice has not been issued yet." in client.post(url, {"on": "2026-03-02"}, follow=True).text
    issue_notices([application], on=day("2026-03-01"), by=place.registrar)
    client.post(url, {"on": "2026-13-02"})
    application.refresh_from_db()
    assert application.checked_in_on is None, "no day is invented for one that cannot be read"
    assert "This day has not come yet." in client.post(url, {"on": "2026-03-02", "list": "1"}, follow=True).text
    assert "李娜 is checked in." in client.post(url, {"on": "2026-03-01", "list": "1"}, follow=True).text
    application.refresh_from_db()
    assert (application.status, application.checked_in_on) == ("checked_in", day("2026-03-01"))


def test_another_centre_sees_nothing_of_it(place):
    application = an_application(place.mine)
    other = client_of(place.neighbour)
    assert application.name not in other.get(reverse("portal:applications")).text
    for page in ("application", "application_edit", "check_in", "application_withdraw", "application_paper"):
        url = reverse(f"portal:{page}", args=[application.public_id])
        assert other.post(url, {"on": "2026-03-02"}).status_code in (404, 405)
        assert other.get(url).status_code in (404, 405)


def test_a_number_of_an_applicant_is_shown_for_a_reason(place, client):
    application = an_application(
        place.mine, draft=a_draft(id_no=ID_NO, name="王伟", sex="male", birth_date=day("1990-03-07"))
    )
    url = reverse("portal:reveal_of_applicant", args=[application.public_id, "id_no"])
    assert ID_NO not in client.get(url).text
    assert ID_NO in client.post(url, {"reason": "compare with the card"}).text
    assert client.get(reverse("portal:reveal_of_applicant", args=[application.public_id, "name"])).status_code == 404


def test_who_comes_from_another_institution_is_asked_where_from(place, client):
    seat = a_place(place.mine)
    own = ("former_institution", "former_major_code", "transferred_on", "release_no", "evidence")
    plain, page = client.get(NEW), client.get(NEW, {"entry_kind": "transfer_in"})
    assert not set(own) & set(plain.context["form"].fields)
    assert set(own) <= set(page.context["form"].fields)
    assert 'value="transfer_in"' in page.text
    where = {
        "entry_kind": "transfer_in", "former_institution": "长沙开放大学", "former_student_no": "202303110",
        "former_major_code": seat.center_offering.programme_version.programme.major.code,
        "transferred_on": "2026-03-09", "release_no": "转字〔2026〕7号",
    }  # fmt: skip
    answer = client.post(NEW, said(seat, **where), follow=True)
    application = Application.objects.get()
    assert application.status == "draft"
    assert "Attach the release of the former institution as evidence." in answer.text
    release = SimpleUploadedFile("release.pdf", PDF)
    edit = reverse("portal:application_edit", args=[application.public_id])
    seen = {"id_no": "", "phone": "", "seen": application.version}
    answer = client.post(edit, said(None, **where | seen, evidence=release), follow=True)
    application.refresh_from_db()
    assert (application.status, application.entry_kind) == ("submitted", "transfer_in")
    assert "长沙开放大学" in answer.text
    record = reverse("admin:enrollment_application_change", args=[application.public_id])
    assert "转字〔2026〕7号" in client_of(place.registrar).get(record).text


@pytest.mark.parametrize(("button", "status"), [("save", "draft"), ("submit", "submitted")])
def test_a_form_that_is_sent_twice_is_one_application(place, client, button, status):
    form = said(a_place(place.mine), token=str(uuid.uuid4()), **{button: ""})
    pages = [client.post(NEW, form, follow=True) for _press in range(2)]
    assert Application.objects.get().status == status
    assert pages[0].redirect_chain == pages[1].redirect_chain
    assert "arrived before" not in pages[1].text


def test_the_page_brings_a_new_token_and_another_applicant_in_it_is_another_application(place, client):
    token = client.get(NEW).context["form"]["token"].value()
    assert token != client.get(NEW).context["form"]["token"].value()
    form = said(a_place(place.mine), token=str(token), save="")
    client.post(NEW, form)
    client.post(NEW, form | {"name": "王小伟", "id_no": ""})
    assert Application.objects.count() == 2


def test_saved_and_then_handed_in_is_one_application(place, client):
    form = said(a_place(place.mine), token=str(uuid.uuid4()))
    client.post(NEW, form | {"save": ""})
    client.post(NEW, form | {"submit": ""})
    assert Application.objects.get().status == "submitted"


def test_a_form_sent_again_when_its_application_is_out_of_reach_leads_to_the_list(place, client):
    form = said(a_place(place.mine), token=str(uuid.uuid4()), save="")
    client.post(NEW, form)
    Application.objects.update(center_offering=a_place(place.theirs).center_offering)
    assert client.post(NEW, form).headers["Location"] == reverse("portal:applications")


def test_anothers_token_makes_no_difference(place, client):
    token = str(uuid.uuid4())
    client.post(NEW, said(a_place(place.mine), token=token, save=""))
    client_of(place.neighbour).post(NEW, said(a_place(place.theirs), token=token, save=""))
    assert {one.created_by for one in Application.objects.all()} == {place.coordinator, place.neighbour}


def test_why_it_came_back_is_still_said_after_it_was_amended(place, client):
    application = an_application(place.mine, by=place.coordinator)
    return_application(application, reason_code="photo_unfit", comment="背景不是蓝色", by=place.registrar)
    url = reverse("portal:application_edit", args=[application.public_id])
    application.refresh_from_db()
    client.post(url, said(None, save="1", id_no="", phone="", seen=application.version))
    assert "背景不是蓝色" in client.get(reverse("portal:application", args=[application.public_id])).text
    assert "背景不是蓝色" in client.get(url).text


def test_the_second_of_two_editors_sees_what_the_first_one_stored(place, client):
    client.post(NEW, said(a_place(place.mine), save="1"))
    application = Application.objects.get()
    url = reverse("portal:application_edit", args=[application.public_id])
    seen = {"save": "1", "id_no": "", "phone": "", "seen": application.version}
    client.post(url, said(None, name="王小伟", **seen))
    answer = client.post(url, said(None, name="王大伟", **seen))
    assert "王小伟" in str(answer.context["form"].errors["name"])
    assert "phone" not in answer.context["form"].errors
    application.refresh_from_db()
    assert application.name == "王小伟"


def test_a_batch_at_which_nobody_can_arrive_any_more_is_offered_to_transfers_only(place, client):
    a_place(place.mine)
    with as_on(day("2026-05-15")):
        offered = [
            client.get(NEW, ask).context["form"].fields["place"].queryset for ask in ({}, {"entry_kind": "transfer_in"})
        ]
    assert [one.exists() for one in offered] == [False, True]
