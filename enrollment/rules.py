"""The rules of this app, with their defaults and sources."""

from django.utils.translation import gettext_lazy as _

from common.patterns import NumberPattern
from common.rules import CHOSEN, DAYS, MONTHS, NOTICES, PHOTOS, PRIVACY, REFORM, REGISTRY, RULES, USUAL, YEARS, Rule
from enrollment.requests.models.requests import FACT_NAMES, REQUEST_KINDS
from learning_centers.models.rules import LIGHT_CHANGES, MOST

LONGEST_STUDENT_NO = 15
STUDENT_NO_FIELDS = {"year": 4, "yy": 2, "season": 1, "path": 1, "form": 1, "center": 0, "major": 6}
"""Fields of the pattern and their widths; 0: the pattern must say it."""
CHANGES = dict(REQUEST_KINDS)


def student_no_pattern(text: str) -> NumberPattern:
    """Raises ValueError for a pattern that could not make unique numbers of at most 15 characters (docs/rules.md §2.3)."""
    return NumberPattern.read(text, STUDENT_NO_FIELDS, most=LONGEST_STUDENT_NO)


RULES.register(
    # docs/rules.md §2.3 [S8]
    Rule("late_arrival_days", _("Late arrival: the place lapses after"), int, 14, USUAL, DAYS, least=0, most=366),
    Rule("late_leave_days", _("Leave to arrive late reaches at most"), int, 60, CHOSEN, DAYS, least=0, most=366),
    # docs/rules.md §2.3 [S8]
    Rule("place_kept_years", _("A place is kept for"), int, 1, USUAL, YEARS, least=0, most=5),
    # docs/rules.md §2.3 [S8]
    Rule("entitlement_check_months", _("Entitlement is checked again within"), int, 3, USUAL, MONTHS, least=1, most=24),
    # docs/rules.md §2.3 [S13, G]
    Rule(
        "student_no_pattern",
        _("Pattern of student numbers"),
        str,
        "{year}{season}{path}{center:03}{serial:04}",
        USUAL,
        check=student_no_pattern,
    ),
    # docs/rules.md §2.7 [S13]
    Rule(
        "candidate_no_required",
        _("An application needs the candidate number of the entrance examination"),
        bool,
        True,
        REGISTRY,
    ),
    # docs/rules.md §2.3 [S4, S25]
    Rule(
        "prior_diploma_verified",
        _("A junior-college graduate's diploma must be verified before acceptance"),
        bool,
        True,
        REFORM,
    ),
    # docs/rules.md §2.4 [G]
    Rule(
        "concurrent_enrolment_allowed",
        _("A person may hold two different degree enrolments at once"),
        bool,
        False,
        CHOSEN,
    ),
    # docs/rules.md §2.4 [S8]
    Rule("suspension_months", _("A suspension lasts at most"), int, 12, USUAL, MONTHS, least=1, most=60),
    # docs/rules.md §2.4 [G]
    Rule("late_resumption_allowed", _("A return after the longest suspension is still possible"), bool, True, CHOSEN),
    # docs/rules.md §2.4 [G]
    Rule("suspension_counts_to_maximum", _("Suspended time counts towards the maximum length"), bool, True, CHOSEN),
    # docs/rules.md §2.2 [S9]
    Rule(
        "over_max_notice_days",
        _("Public notice before withdrawal over the maximum length"),
        int,
        27,
        NOTICES,
        DAYS,
        least=0,
        most=366,
    ),
    # docs/rules.md §2.7 [S12]
    Rule(
        "yearly_registration_days",
        _("Yearly registration is due after the first of September within"),
        int,
        30,
        USUAL,
        DAYS,
        least=0,
        most=366,
    ),
    # docs/rules.md §2.2 [G]
    Rule(
        "early_conferral_tolerance_days",
        _("Conferral before the end of the least length by at most"),
        int,
        62,
        CHOSEN,
        DAYS,
        least=0,
        most=366,
    ),
    # docs/rules.md §2.5 [G]
    Rule(
        "incomplete_after_months",
        _("A record of incomplete study needs at least"),
        int,
        12,
        CHOSEN,
        MONTHS,
        least=0,
        most=60,
    ),
    # docs/rules.md §2.4
    Rule("retake_years", _("Completion can become graduation within"), int, 2, CHOSEN, YEARS, least=0, most=20),
    # docs/rules.md §2.4 [S8]
    Rule("change_major_same_school", _("Major changes only within the school"), bool, True, USUAL),
    # docs/rules.md §2.4 [S8]
    Rule("change_major_same_discipline", _("Major changes only within the discipline group"), bool, True, USUAL),
    # docs/rules.md §3 [S22]
    Rule(
        "discipline_digits",
        _("Digits of the major code that make the discipline group"),
        int,
        2,
        REGISTRY,
        least=2,
        most=4,
    ),
    # docs/rules.md §2.4 [S8]: lower year
    Rule("change_major_years", _("Major changes only in the first"), int, 1, USUAL, YEARS, least=0, most=10),
    # docs/rules.md §2.4 [S7]
    Rule(
        "transfer_months",
        _("Transfers between institutions only in these months"),
        list,
        ["3", "10"],
        USUAL,
        choices={str(month): str(month) for month in range(1, 13)},
    ),
    # docs/rules.md §2.4 [S7]
    Rule("transfers_at_most", _("Transfers between institutions at most"), int, 1, USUAL, least=0, most=9),
    # docs/rules.md §2.4 [S7]
    Rule(
        "transfer_same_major",
        _("Transfers in only to the same major; otherwise within the discipline group"),
        bool,
        True,
        USUAL,
    ),
    # docs/rules.md §2.4 [S7]
    Rule("transfer_not_in_first_term", _("No transfer in the first term"), bool, True, USUAL),
    # docs/rules.md §2.4 [S7]
    Rule("transfer_not_in_final_year", _("No transfer in the final year"), bool, True, USUAL),
    # docs/rules.md §2.4 [G]
    Rule("change_ahead_months", _("Changes are decided ahead by at most"), int, 12, CHOSEN, MONTHS, least=0, most=60),
    # docs/rules.md §2.4
    Rule(
        "change_needs_evidence",
        _("Changes that need evidence on file"),
        list,
        ["suspend", "withdraw", "deceased", "transfer_out", "change_major", "correct"],
        CHOSEN,
        choices=CHANGES,
    ),
    # docs/rules.md §8: four eyes for status change
    Rule(
        "change_without_second_person",
        _("Changes that need no second person"),
        list,
        [],
        CHOSEN,
        choices={kind: CHANGES[kind] for kind in LIGHT_CHANGES},
        guards=True,
    ),
    # docs/rules.md §2.4 [S14]
    Rule(
        "correction_needs_province",
        _("Facts whose correction needs the province's approval"),
        list,
        ["name", "sex", "birth_date", "id_no", "major", "level_path", "study_form", "length"],
        REGISTRY,
        choices=FACT_NAMES,
        guards=True,
    ),
    # docs/rules.md §8, PIPL art. 19
    Rule(
        "identity_scans_kept_months",
        _("Scans of identity documents are erased after"),
        int,
        6,
        PRIVACY,
        MONTHS,
        least=1,
        most=MOST["identity_scans_kept_months"],
        guards=True,
    ),
    # docs/rules.md §2.7 [S17]
    Rule("photo_least_width", _("Photo: least width"), int, 240, PHOTOS, _("pixels"), least=1),
    # docs/rules.md §2.7 [S17]
    Rule("photo_least_height", _("Photo: least height"), int, 320, PHOTOS, _("pixels"), least=1),
    # what a phone sends over a slow line within a minute
    Rule("attachment_most_kilobytes", _("Attachments: at most"), int, 4096, CHOSEN, "kB", least=10, most=20480),
)
