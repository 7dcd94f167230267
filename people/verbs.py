"""The verbs of this app in words."""

from django.utils.translation import gettext_lazy as _

from common.verbs import VERBS, Verb

VERBS.register(
    Verb("admin.enter", _("sign in to the registrar's site")),
    Verb("portal.enter", _("sign in to the portal of the learning centres")),
    Verb("people.add_membership", _("add a membership")),
    Verb("people.add_user", _("add a user")),
    Verb("people.approve_request", _("approve what another has asked for")),
    Verb("people.ask_for_approval", _("ask for a second person's approval")),
    Verb("people.ask_for_export", _("ask for an export of persons")),
    Verb("people.change_membership", _("change a membership")),
    Verb("people.change_user", _("change a user")),
    Verb("people.correct_person", _("correct facts about a person")),
    Verb("people.decide_export", _("decide on an export of persons")),
    Verb("people.decide_grant", _("decide on roles and passwords")),
    Verb("people.decide_rule", _("decide on rules that guard")),
    Verb("people.download_export", _("download an export of persons")),
    Verb("people.ensure_roles", _("set up the shipped roles")),
    Verb("people.expire_exports", _("erase old exports")),
    Verb("people.export_numbers", _("export whole numbers of persons")),
    Verb("people.give_password", _("set somebody's password anew")),
    Verb("people.mail_notices", _("mail notices")),
    Verb("people.make_export", _("make an export of persons")),
    Verb("people.manage_users", _("manage users")),
    Verb("people.merge_persons", _("count two records as one person")),
    Verb("people.print_list", _("print a list of persons")),
    Verb("people.reach_limit", _("reach the limit of an hour")),
    Verb("people.refuse_request", _("refuse what another has asked for")),
    Verb("people.reveal_number", _("see a number in clear")),
    Verb("people.search_number", _("search by identity number")),
    Verb("people.tell_apart", _("find two records to be two people")),
    Verb("people.undo_merge", _("count two records apart again")),
    Verb("people.view_persons", _("look at persons")),
    Verb("people.withdraw_request", _("take back what waits for approval")),
)
