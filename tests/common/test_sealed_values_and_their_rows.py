import pytest
from cryptography.exceptions import InvalidTag
from django.apps import apps
from django.core.exceptions import FieldError
from django.db import connection
from django.db.models import OuterRef, Subquery

from common.crypto import EncryptedBinaryField, decrypt, encryptor
from common.ledger import recording
from common.resealing import SealedColumn, rewrite, without_triggers
from exchange.importing import receive_file
from exchange.importing.services import file_of
from people.models import Contact, IdentityDocument
from tests.applicants import an_application
from tests.builders import a_center, a_student, an_institution, the_system
from tests.owning import owner

NUMBER = SealedColumn("people.identitydocument.number")


@pytest.fixture
def two(db):
    center = a_center(an_institution())
    return [document_of(a_student(center)) for _each in range(2)]


def document_of(student):
    return IdentityDocument.objects.get(person=student.person)


def by_sql(statement, *terms):
    with owner() as cursor, without_triggers(cursor, "people_identitydocument"):
        cursor.execute(statement, terms)


def test_a_value_opens_in_its_row(two):
    first, second = two
    assert first.number != second.number
    assert IdentityDocument.objects.values_list("number", flat=True).get(pk=first.pk) == first.number
    assert IdentityDocument.objects.only("number").get(pk=first.pk).number == first.number
    assert IdentityDocument.objects.filter(person__documents=first).values("number").get()["number"] == first.number


def test_a_value_that_was_copied_to_another_row_does_not_open(two):
    first, second = two
    by_sql(
        "UPDATE people_identitydocument SET number = other.number FROM people_identitydocument AS other"
        " WHERE people_identitydocument.id = %s AND other.id = %s",
        first.pk, second.pk,
    )  # fmt: skip
    with pytest.raises(InvalidTag):
        IdentityDocument.objects.get(pk=first.pk)
    assert IdentityDocument.objects.get(pk=second.pk).number == second.number


def test_a_row_that_was_moved_to_another_institution_does_not_open(two):
    first, other = two[0], an_institution("10534", "湖南科技大学")
    by_sql(
        "ALTER TABLE people_identitydocument DROP CONSTRAINT identitydocument_person_id_same_institution;"
        "UPDATE people_identitydocument SET institution_id = %s WHERE id = %s; SET CONSTRAINTS ALL IMMEDIATE",
        other.pk, first.pk,
    )  # fmt: skip
    with pytest.raises(InvalidTag):
        IdentityDocument.objects.get(pk=first.pk)


def test_a_value_of_one_column_does_not_open_in_another(db):
    application = an_application(a_center(an_institution()))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE enrollment_application SET email = phone")
    with pytest.raises(InvalidTag):
        application.refresh_from_db()


def test_many_rows_are_bound_each_to_its_own(two):
    institution = an_institution()
    persons = [one.person for one in two]
    with recording(institution, by=the_system(), reason="tests.build") as entry:
        Contact.objects.bulk_create(
            Contact(
                institution=institution,
                person=one,
                kind="email",
                value=f"{one.pk}@example.org",
                recorded_in_id=entry.id,
            )
            for one in persons
        )
    found = Contact.objects.filter(kind="email").order_by("person").values_list("value", flat=True)
    assert list(found) == [f"{one.pk}@example.org" for one in sorted(persons, key=lambda one: one.pk)]


def test_a_file_opens_in_its_import_only(db):
    institution = an_institution()
    first, second = (
        receive_file("new_students", "new.csv", content, by=the_system(), institution=institution)
        for content in (b"1", b"2")
    )
    assert file_of(type(first).objects.get(pk=first.pk)) == b"1"
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE exchange_importbatch SET content = (SELECT content FROM exchange_importbatch WHERE id = %s)",
            [second.pk],
        )
    with pytest.raises(InvalidTag):
        type(first).objects.get(pk=first.pk)


def test_a_value_without_its_row_is_neither_written_nor_read(two):
    with pytest.raises(FieldError, match="bound to its row"):
        Contact.objects.update(value="13800138000")
    numbers = IdentityDocument.objects.filter(pk=OuterRef("pk")).values("number")
    with pytest.raises(FieldError, match="its own row"):
        list(IdentityDocument.objects.annotate(other=Subquery(numbers)))


def test_what_was_sealed_for_its_column_alone_is_bound_to_its_row(two):
    first, number = two[0], two[0].number
    by_sql(
        "UPDATE people_identitydocument SET number = %s WHERE id = %s",
        encryptor(NUMBER.label)(number.encode()),
        first.pk,
    )
    with pytest.raises(InvalidTag):
        IdentityDocument.objects.get(pk=first.pk)
    with owner() as cursor, without_triggers(cursor, NUMBER.table):
        cursor.execute("DELETE FROM people_identitydocument WHERE id <> %s", [first.pk])
        rewrite(cursor, NUMBER, lambda sealed, *place: encryptor(NUMBER.label)(decrypt(NUMBER.label, sealed), *place))
    assert IdentityDocument.objects.get(pk=first.pk).number == number


def test_every_sealed_column_is_bound_to_an_owner_that_each_row_has():
    fields = [one for model in apps.get_models() for one in model._meta.local_fields]
    sealed = [one for one in fields if isinstance(one, EncryptedBinaryField)]
    assert len(sealed) > 10
    assert not [str(one) for one in sealed if one.model._meta.get_field(one.owner).null]
