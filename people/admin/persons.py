from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.access import can
from common.admin import Fact, RecordAdmin, Table
from common.admin.ledger import events_table
from common.admin.scoped import Crumb, recorded
from common.errors import DomainError
from common.models import AuditEvent
from common.parameters import takes
from common.showing import show_persons
from people.models import Contact, IdentityDocument, Person, PersonFacts, PersonMerge
from people.reports.numbers import personal_numbers
from people.services import duplicate_candidates, merge_persons, tell_apart, undo_merge
from people.services.revealing import reveal_contact, reveal_number


class RevealForm(forms.Form):
    kind = forms.ChoiceField(choices=[("document", ""), ("contact", "")], widget=forms.HiddenInput)
    key = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Reason"), max_length=300, help_text=_("It is kept with your name in the trail."))


LONGEST_REASON = 300


class PairForm(forms.Form):
    first = forms.UUIDField(widget=forms.HiddenInput)
    second = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Reason"), max_length=LONGEST_REASON)
    act = forms.ChoiceField(choices=[("merge", _("Same person")), ("apart", _("Not the same"))])


@admin.register(Person)
class PersonAdmin(RecordAdmin):
    verb_to_view = "people.view_persons"
    list_display = ["name", "sex", "birth_date", "pinyin"]
    ordering = ["-id"]
    sortable_by = ()
    search_fields = ["name"]
    search_help_text = _("Name (two characters) or pinyin")
    list_per_page = 100
    record_template = "admin/people/person.html"

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return (queryset.named_like(search_term) if search_term.strip() else queryset), False

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("duplicates/", view(self.duplicates), name="people_person_duplicates"),
            path("<uuid:public_id>/reveal/", view(self.reveal), name="people_person_reveal"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        actions = []
        if can(request.user, "people.merge_persons"):
            actions.append(Crumb(_("Possible duplicates"), reverse("admin:people_person_duplicates")))
        return super().changelist_view(request, {"list_actions": actions, **(extra_context or {})})

    def record(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        readings = list(
            PersonFacts.objects.filter(person=row).select_related("recorded_in", "superseded_in").order_by("id")
        )
        now = next((one for one in readings if one.superseded_in_id is None), None)
        names = ("name", "latin_name", "sex", "birth_date", "nationality", "ethnicity", "political_status")
        facts = []
        for name in names if now else ():
            one = now._meta.get_field(name)
            display = getattr(now, f"get_{name}_display", None)
            facts.append(Fact(one.verbose_name, display() if display else getattr(now, name)))
        merge = PersonMerge.objects.current().filter(merged=row).select_related("kept").first()
        if merge:
            kept = reverse("admin:people_person_change", args=(merge.kept.public_id,))
            facts.append(Fact(_("counted as"), merge.kept, kept))
        history = [
            [one.recorded_in.instant, one.name, one.get_sex_display(), one.birth_date, recorded(one),
             one.superseded_in.instant if one.superseded_in else None]
            for one in readings
        ]  # fmt: skip
        columns = [
            _("known from"),
            pgettext_lazy("person", "name"),
            _("sex"),
            _("birth date"),
            _("evidence"),
            _("known until"),
        ]
        events = AuditEvent.objects.filter(subject_type="people.person", subject_id=row.public_id)
        return {
            "facts": facts,
            "numbers": personal_numbers(row),
            "reveal_url": reverse("admin:people_person_reveal", args=(row.public_id,)),
            "may_reveal": can(request.user, "people.reveal_number", row),
            "tables": [
                Table(_("Readings"), columns, history),
                events_table(events.select_related("actor").order_by("-id")[:50], _("Who looked and who wrote")),
            ],
        }

    @takes("kind", "key", "back")
    def reveal(self, request: HttpRequest, public_id: Any) -> HttpResponse:
        person = self.row_or_404(request, public_id)
        if not can(request.user, "people.reveal_number", person):
            raise Http404
        form = RevealForm(request.POST or None, initial=request.GET.dict())
        clear = None
        if request.method == "POST" and form.is_valid():
            model, act = (
                (IdentityDocument, reveal_number)
                if form.cleaned_data["kind"] == "document"
                else (Contact, reveal_contact)
            )
            number = model.objects.current().filter(person=person, pk=form.cleaned_data["key"]).first()
            if number is None:
                raise Http404
            try:
                clear = act(number, reason=form.cleaned_data["reason"], by=request.user)  # type: ignore[operator]
            except DomainError as refusal:
                form.add_error("reason", str(refusal.message))
        title = _("Show a number of %(person)s in clear") % {"person": person}
        back = request.GET.get("back", "")
        back = back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else ""
        return self.page(request, "admin/people/reveal.html", title, form=form, person=person, clear=clear, back=back)

    def duplicates(self, request: HttpRequest) -> HttpResponse:
        """Pairs that look alike: the same person, or not; each answer with a reason."""
        if not can(request.user, "people.merge_persons"):
            raise Http404
        if request.method == "POST":
            self._judge(request)
            return redirect("admin:people_person_duplicates")
        pairs = [
            pair
            for institution in request.user.institutions("people.merge_persons")
            for pair in duplicate_candidates(institution, 50)
        ]
        show_persons(request, 2 * len(pairs))
        return self.page(request, "admin/people/duplicates.html", _("Possible duplicates"), pairs=pairs)

    def _judge(self, request: HttpRequest) -> None:
        form = PairForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Give a reason; it stays with the decision."))
            return
        first, second = (self.row_or_404(request, form.cleaned_data[side]) for side in ("first", "second"))
        act = merge_persons if form.cleaned_data["act"] == "merge" else tell_apart
        try:
            act(first, second, reason=form.cleaned_data["reason"], by=request.user)  # type: ignore[operator]
        except DomainError as refusal:
            messages.error(request, str(refusal.message))
        else:
            messages.success(request, _("The decision was recorded."))


@admin.register(PersonMerge)
class PersonMergeAdmin(RecordAdmin):
    verb_to_view = "people.merge_persons"
    list_display = ["merged", "kept", "reason", "evidence"]
    list_select_related = ["merged", "kept", "recorded_in"]
    ordering = ["-id"]
    sortable_by = ()
    record_template = "admin/people/merge.html"
    facts_of = ("merged", "kept", "reason")

    def heading(self, row: Any) -> str:
        return f"{row.merged} → {row.kept}"

    @admin.display(description=_("evidence"))
    def evidence(self, row: Any) -> str:
        return str(row.recorded_in)

    def get_urls(self) -> list[Any]:
        undo = self.admin_site.admin_view(self.undo)
        return [path("<int:key>/undo/", undo, name="people_personmerge_undo"), *super().get_urls()]

    def undo(self, request: HttpRequest, key: int) -> HttpResponse:
        merge = self.row_or_404(request, str(key))
        if request.method == "POST":
            try:
                undo_merge(merge, reason=request.POST.get("reason", "")[:LONGEST_REASON], by=request.user)
            except DomainError as refusal:
                messages.error(request, str(refusal.message))
            else:
                messages.success(request, _("The two are counted apart again."))
        return redirect("admin:people_personmerge_changelist")
