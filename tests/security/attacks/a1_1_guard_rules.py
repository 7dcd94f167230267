"""A registrar alone widens a rule that guards; a system administrator alone becomes a registrar, by every way there is."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.urls import reverse

from common.dates import today
from common.models import AuditEvent
from learning_centers.models import RuleSetting
from learning_centers.rules import rule
from people.models import ApprovalRequest, Membership, Notice, Role, User
from tests.security.site import PASSWORD, AttackSucceeded, Browser, Site

NUMBER, NAME = "1.1", "guard rules"
OWN = "Zebra 77 lamps"


def run(site: Site) -> int:
    rules_alone(site)
    approving_oneself(site)
    a_registrar_of_ones_own(site)
    the_account_of_somebody_else(site)
    two_at_once(site)
    names_of_their_time(site)
    return site.requests


def page(name: str, *args: Any) -> str:
    return reverse(f"admin:{name}", args=args)


def demand(holds: bool, told: str) -> None:
    if not holds:
        raise AttackSucceeded(told)


def set_(browser: Browser, name: str, value: Any) -> None:
    browser.post(page("learning_centers_rulesetting_set", name), {"value": value, "source": "own decision"})


def decide(browser: Browser, request: ApprovalRequest, act: str) -> Any:
    return browser.post(page(f"people_approvalrequest_{act}", request.public_id), {})


def holds(site: Site, name: str) -> Any:
    return rule(name, site.home, on=today(site.home))


def rules_alone(site: Site) -> None:
    registrar = site.another("registrar")
    browser = site.browser().sign_in(registrar.username)
    before = {name: holds(site, name) for name in ("export_rows_alone", "change_without_second_person")}
    for name, values in {
        "export_rows_alone": [900, 1001, 1_000_000],
        "change_without_second_person": [["repeat_year"], ["expel"], ["expel", "graduate"]],
    }.items():
        for value in values:
            set_(browser, name, value)
            demand(holds(site, name) == before[name], f"one registrar alone has set {name} to {value}")
    asked = ApprovalRequest.objects.filter(asked_by=registrar)
    terms = [one.terms["value"] for one in asked]
    demand(sorted(map(str, terms)) == ["900", "['repeat_year']"], f"a value beyond the bound was asked for: {terms}")


def approving_oneself(site: Site) -> None:
    """By the page of the decision, and by a second role at the same institution."""
    registrar = site.another("registrar")
    browser = site.browser().sign_in(registrar.username)
    set_(browser, "export_rows_alone", 800)
    request = ApprovalRequest.objects.get(asked_by=registrar, status="waiting")
    second = Role.objects.get(code="second_registrar")
    Membership.objects.create(user=registrar, role=second, institution=site.home, begin="2020-01-01")
    decide(browser, request, "approve_rule")
    for act in ("approve_rule", "approve_grant", "refuse_rule"):
        for role in ("auditor", "sysadmin", "foreigner"):
            decide(site.browser(role), request, act)
    request.refresh_from_db()
    demand(request.status == "waiting", "who may not decide has decided about a rule that guards")
    decide(site.browser("second_registrar"), request, "approve_rule")
    demand(holds(site, "export_rows_alone") == 800, "what two people want does not come to pass")
    told = Notice.objects.filter(user=site.users["auditor"], kind="guard_changed", subject_id=request.public_id)
    demand(told.exists(), "the auditor was not told of a changed rule")
    row = RuleSetting.objects.current().get(institution=site.home, name="export_rows_alone")
    browser.post(page("learning_centers_rulesetting_drop", row.pk))
    demand(holds(site, "export_rows_alone") == 800, "a registrar alone has dropped a rule that guards")


def a_registrar_of_ones_own(site: Site) -> None:
    """A new account, a further role, an account made up before, another span or place of a role."""
    head = site.another("sysadmin")
    browser = site.browser().sign_in(head.username)
    registrar, harmless = Role.objects.get(code="registrar"), Role.objects.create(code="guest", verbs=["admin.enter"])
    home = {"institution": site.home.pk, "password1": OWN, "password2": OWN}
    browser.get(page("people_user_add"))
    browser.post(page("people_user_add"), {"username": "own.registrar", "role": registrar.pk, **home})
    demand(not User.objects.filter(username="own.registrar").exists(), "an administrator alone has made a registrar")
    browser.post(page("people_user_add"), {"username": "puppet", "role": harmless.pk, **home})
    puppet = User.objects.get(username="puppet")
    terms = {"role": registrar.pk, "institution": site.home.pk, "begin": "2024-01-01", "end": ""}
    for user in (puppet, head):
        browser.post(page("people_membership_add"), {"user": user.pk, **terms})
    own = puppet.memberships.get()
    browser.post(page("people_membership_change", own.pk), {"user": puppet.pk, **terms})
    manager = site.users["school_manager"].memberships.get()
    wider = {"role": manager.role_id, "institution": site.home.pk, "begin": "2000-01-01", "school": ""}
    browser.post(page("people_membership_change", manager.pk), wider)
    manager.refresh_from_db()
    demand(manager.school_id is not None, "an administrator alone has widened a role to the whole house")
    demand(not Membership.objects.filter(user__in=[puppet, head], role=registrar).exists(), "a role was given alone")
    for request in ApprovalRequest.objects.filter(asked_by=head, status="waiting"):
        decide(browser, request, "approve_grant")
    demand(not Membership.objects.filter(user=puppet, role=registrar).exists(), "who asked has approved")
    request = ApprovalRequest.objects.filter(asked_by=head, user=puppet, status="waiting").latest("pk")
    decide(site.browser("registrar"), request, "approve_grant")
    puppet.refresh_from_db()
    demand(puppet.memberships.filter(role=registrar).exists(), "what two people want does not come to pass")
    demand(not puppet.check_password(OWN), "a registrar's account opens with the password of who made it up")


def the_account_of_somebody_else(site: Site) -> None:
    """Its password set anew, and a closed account opened again, by who manages it."""
    head, victim = site.another("sysadmin"), site.another("registrar")
    browser, account = site.browser().sign_in(head.username), page("people_user_change", victim.public_id)
    known = {"username": victim.username, "display_name": "", "email": "", "language": ""}
    browser.get(account)
    browser.post(account, {**known, "is_active": "on", "password1": OWN, "password2": OWN, "new_password": "on"})
    for request in ApprovalRequest.objects.filter(user=victim):
        decide(browser, request, "approve_grant")
    victim.refresh_from_db()
    demand(victim.check_password(PASSWORD), "an administrator alone has set a registrar's password")
    browser.post(account, known)
    browser.post(account, {**known, "is_active": "on"})
    victim.refresh_from_db()
    demand(not victim.is_active, "an administrator alone has opened a registrar's closed account")


def two_at_once(site: Site) -> None:
    """Both registrars ask, both approve the other's in the same moment, several times over."""
    pair = [site.another("registrar") for _ in range(2)]
    browsers = [site.browser().sign_in(user.username) for user in pair]
    set_(browsers[0], "identity_scans_kept_months", 7)
    request = ApprovalRequest.objects.get(asked_by=pair[0], status="waiting")
    deciders = [site.browser().sign_in(site.another("second_registrar").username) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda browser: decide(browser, request, "approve_rule"), deciders))
    set_rows = RuleSetting.objects.filter(institution=site.home, name="identity_scans_kept_months").count()
    decided = AuditEvent.objects.filter(verb="people.approve_request", subject_id=request.public_id).count()
    demand((set_rows, decided) == (1, 1), f"one request was approved {decided} times and set {set_rows} rows")
    set_(browsers[0], "identity_scans_kept_months", 8)
    early = ApprovalRequest.objects.get(asked_by=pair[0], status="waiting")
    set_(browsers[1], "identity_scans_kept_months", 9)
    decide(browsers[1], early, "approve_rule")
    demand(holds(site, "identity_scans_kept_months") == 7, "what was superseded was approved")


def names_of_their_time(site: Site) -> None:
    user = site.another("registrar")
    browser = site.browser().sign_in(user.username)
    set_(browser, "correction_needs_province", [])
    old = user.username
    User.objects.filter(pk=user.pk).update(username=f"renamed.{old}", display_name="Somebody else")
    request = ApprovalRequest.objects.get(asked_by=user)
    event = AuditEvent.objects.get(verb="people.ask_for_approval", subject_id=request.public_id)
    shown = site.browser("auditor").get(page("common_auditevent_change", event.pk)).text
    demand(old in shown and "Somebody else" not in shown, "renaming an account rewrote who acted")
