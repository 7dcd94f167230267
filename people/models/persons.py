from functools import reduce
from operator import and_

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.access import ScopePath
from common.codes.countries import country_name
from common.codes.ethnicities import ethnicity_name
from common.crypto import EncryptedTextField, ReservedKey
from common.keys import new_public_id
from common.models import Recorded, once_known
from common.querysets import RecordedQuerySet
from common.texts import latin_words
from exchange.types.texts import name_sought
from learning_centers.models import Institution


def seen_with_person(prefix: str = "") -> ScopePath:
    """A person is seen where one of the lines of work holds a place of theirs today (`PersonPlace`); so is what belongs to them."""
    places = f"{prefix}places"
    return ScopePath(
        school=(f"{places}__school", f"{places}__center__school"),
        center=f"{places}__center",
        partner=f"{places}__partner",
        many=True,
        place_while=Q(**{f"{places}__end__isnull": True}),
    )


class Sex(models.TextChoices):
    """GB/T 2261.1 = ISO 5218; a file brings only male and female."""

    MALE = "male", _("male")
    FEMALE = "female", _("female")


class IdentityType(models.TextChoices):
    RESIDENT_ID = "resident_id", _("resident identity card")
    HMT_RESIDENCE = "hmt_residence", _("residence permit for Hong Kong, Macao and Taiwan residents")
    HM_PERMIT = "hm_permit", _("Hong Kong and Macao travel permit")
    TW_PERMIT = "tw_permit", _("Taiwan travel permit")
    PASSPORT = "passport", _("passport")
    FOREIGN_PERMANENT = "foreign_permanent", _("foreign permanent resident card")
    MILITARY = "military", _("military identity card")
    OTHER = "other", _("other document")


class PoliticalStatus(models.TextChoices):
    PARTY_MEMBER = "party_member", _("member of the Communist Party")
    PROBATIONARY_MEMBER = "probationary_member", _("probationary member of the Communist Party")
    LEAGUE_MEMBER = "league_member", _("member of the Youth League")
    OTHER_PARTY = "other_party", _("member of another party")
    NO_PARTY = "no_party", _("without party affiliation")
    MASSES = "masses", _("general public")


class PersonQuerySet(RecordedQuerySet):
    def named_like(self, text: str) -> "PersonQuerySet":
        """Two or more characters anywhere in the name, the beginning of the pinyin (spelt out or initials), or the words of a
        Latin name in any order; however it is typed."""
        text = name_sought(text)
        if words := latin_words(text):
            spelt = "".join(words)
            return self.filter(Q(pinyin__startswith=spelt) | Q(initials__startswith=spelt) | _with_words(words))
        grams = name_grams(text)
        if not grams:
            return self.filter(name__contains=text)
        return self.filter(name_grams__contains=grams, name__contains=text)


def _with_words(words: list[str]) -> Q:
    """Latin names that hold each of the words: some write the family name first, others last."""
    grams = name_grams(" ".join(words))
    held = [Q(pinyin__contains=word) for word in words]
    return reduce(and_, held, Q(name_grams__contains=grams)) if grams else Q(pk__in=[])


def name_grams(name: str) -> list[str]:
    """All pairs of neighbouring characters, of Latin names inside each word: the smallest index that finds two anywhere."""
    return sorted({word[i : i + 2] for word in latin_words(name) or [name] for i in range(len(word) - 1)})


class Person(Recorded):
    """One human being as one institution knows them, in all three lines of work.

    `name`, `pinyin`, `initials`, `sex` and `birth_date` are projections of today's `PersonFacts`, for lists and search only.
    """

    OF_A_PERSON = True
    SCOPE = seen_with_person()

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="persons")
    name = models.CharField(pgettext_lazy("person", "name"), max_length=100)
    pinyin = models.CharField(_("pinyin"), max_length=300, blank=True)
    initials = models.CharField(_("pinyin initials"), max_length=100, blank=True)
    name_grams = ArrayField(models.CharField(max_length=4), default=list, editable=False)
    sex = models.CharField(_("sex"), max_length=6, choices=Sex, blank=True)
    birth_date = models.DateField(_("birth date"), null=True, blank=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("persons")
        indexes = [
            GinIndex(fields=["name_grams"], name="person_name_grams"),
            models.Index(F("institution"), OpClass(F("pinyin"), name="text_pattern_ops"), name="person_pinyin_prefix"),
            models.Index(
                F("institution"), OpClass(F("initials"), name="text_pattern_ops"), name="person_initials_prefix"
            ),
            models.Index(fields=["institution", "name", "birth_date"], name="person_alike"),
        ]

    def __str__(self) -> str:
        return self.name


class PersonFacts(Recorded):
    """What is known about a person and read by figures or documents; a correction supersedes and writes anew."""

    SCOPE = seen_with_person("person__")

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, db_constraint=False, related_name="facts")
    name = models.CharField(pgettext_lazy("person", "name"), max_length=100)
    latin_name = models.CharField(_("Latin name"), max_length=100, blank=True)
    sex = models.CharField(_("sex"), max_length=6, choices=Sex, blank=True)
    birth_date = models.DateField(_("birth date"), null=True, blank=True)
    nationality = models.CharField(_("nationality"), max_length=3, blank=True)
    ethnicity = models.CharField(_("ethnicity"), max_length=2, blank=True)
    political_status = models.CharField(_("political status"), max_length=20, choices=PoliticalStatus, blank=True)

    objects = RecordedQuerySet.as_manager()

    class Meta:
        verbose_name = _("facts about a person")
        verbose_name_plural = _("facts about persons")
        constraints = [once_known("institution", "person", name="person_facts_once")]

    def __str__(self) -> str:
        return self.name

    def get_nationality_display(self) -> str:
        return country_name(self.nationality)

    def get_ethnicity_display(self) -> str:
        return ethnicity_name(self.ethnicity)


class IdentityDocument(Recorded):
    """An identity document: the number sealed, found again by its keyed digest of `type|normalised number`."""

    SCOPE = seen_with_person("person__")

    id = ReservedKey(primary_key=True)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, db_constraint=False, related_name="documents")
    type = models.CharField(_("type"), max_length=20, choices=IdentityType)
    number = EncryptedTextField(_("number"), null=False)
    digest = models.BinaryField(max_length=32)
    country = models.CharField(_("issuing country"), max_length=3, blank=True)
    expires_on = models.DateField(_("expires on"), null=True, blank=True)

    objects = RecordedQuerySet.as_manager()

    class Meta:
        verbose_name = _("identity document")
        verbose_name_plural = _("identity documents")
        constraints = [once_known("institution", "digest", name="identity_number_once")]
        indexes = [models.Index(fields=["person"], name="identity_of_person", condition=Q(superseded_in__isnull=True))]

    def __str__(self) -> str:
        return f"{self.person} · {self.get_type_display()}"


class Contact(Recorded):
    class Kind(models.TextChoices):
        PHONE = "phone", _("phone")
        EMAIL = "email", _("e-mail")
        ADDRESS = "address", _("address")

    SCOPE = seen_with_person("person__")

    id = ReservedKey(primary_key=True)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, db_constraint=False, related_name="contacts")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    value = EncryptedTextField(_("value"), null=False)

    objects = RecordedQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints = [once_known("institution", "person", "kind", name="contact_once")]

    def __str__(self) -> str:
        return f"{self.person} · {self.get_kind_display()}"


class PersonMerge(Recorded):
    """`merged` is the same human being as `kept`: both rows stay, figures that count persons count one (reversible)."""

    SCOPE = ScopePath()

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    kept = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="merges", verbose_name=_("counted as"))
    merged = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="merged_into", verbose_name=_("merged record")
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = RecordedQuerySet.as_manager()

    class Meta:
        verbose_name = _("merge of persons")
        verbose_name_plural = _("merges of persons")
        constraints = [
            once_known("institution", "merged", name="person_merged_once"),
            models.CheckConstraint(condition=~Q(kept=F("merged")), name="person_is_not_merged_into_itself"),
        ]


class DistinctPersons(Recorded):
    """Two alike people whom someone has looked at and found to be two; never proposed again."""

    SCOPE = ScopePath()

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    first = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = RecordedQuerySet.as_manager()

    class Meta:
        verbose_name = _("distinct persons")
        verbose_name_plural = _("distinct persons")
        constraints = [
            once_known("institution", "first", "second", name="distinct_persons_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="distinct_persons_in_order"),
        ]
