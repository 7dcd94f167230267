"""The verbs of this app in words."""

from django.utils.translation import gettext_lazy as _

from common.verbs import VERBS, Verb

VERBS.register(
    Verb("learning_centers.activate_center", _("open a learning centre for intake")),
    Verb("learning_centers.agree_with_host", _("record an agreement with a host")),
    Verb("learning_centers.begin_day", _("begin a day")),
    Verb("learning_centers.change_code", _("change an institution's code")),
    Verb("learning_centers.change_host", _("change the host of a centre")),
    Verb("learning_centers.change_role", _("change the role of a unit")),
    Verb("learning_centers.close_offering", _("close an offering")),
    Verb("learning_centers.close_school", _("close a school")),
    Verb("learning_centers.designate", _("record a designation")),
    Verb("learning_centers.drop_rule", _("go back to a shipped rule")),
    Verb("learning_centers.file_center", _("file a learning centre")),
    Verb("learning_centers.file_majors", _("file majors")),
    Verb("learning_centers.found_institution", _("add an institution")),
    Verb("learning_centers.found_school", _("found a school")),
    Verb("learning_centers.hand_over_center", _("place a learning centre under another school")),
    Verb("learning_centers.hold_identifier", _("record an institution's identifier")),
    Verb("learning_centers.merge_schools", _("merge schools")),
    Verb("learning_centers.offer_at_center", _("offer a major at a centre")),
    Verb("learning_centers.offer_programme", _("offer a major")),
    Verb("learning_centers.open_center", _("add a learning centre")),
    Verb("learning_centers.place_under", _("place a unit under another")),
    Verb("learning_centers.register_organization", _("register an organization")),
    Verb("learning_centers.rename_center", _("rename a learning centre")),
    Verb("learning_centers.rename_institution", _("rename an institution")),
    Verb("learning_centers.rename_organization", _("rename an organization")),
    Verb("learning_centers.rename_school", _("rename a school")),
    Verb("learning_centers.renew_agreement", _("renew an agreement")),
    Verb("learning_centers.set_rule", _("set a rule")),
    Verb("learning_centers.sign_agreement", _("sign an agreement")),
    Verb("learning_centers.split_school", _("split a school")),
    Verb("learning_centers.state_completeness", _("state from when the records are complete")),
    Verb("learning_centers.stop_intake", _("stop the intake of a centre")),
    Verb("learning_centers.view_centers", _("look at learning centres")),
    Verb("learning_centers.view_structure", _("look at the institution's structure")),
    Verb("learning_centers.withdraw_major", _("withdraw a filed major")),
)
