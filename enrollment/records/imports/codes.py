from django.utils.translation import gettext_lazy as _

from exchange.issues import WARNING, Code, register_codes, register_laws

register_codes(
    {
        "name_too_long_for_registry": Code(
            "cell", _("The name is too long for the national registry (40 bytes)."), WARNING
        ),
        "age_unusual": Code("cross-field", _("Younger than 15 or older than 70 at entry."), WARNING),
        "prior_credential_missing": Code(
            "cross-field", _("Junior college to bachelor needs the certificate number of the junior college.")
        ),
        "study_form_not_valid_for_batch": Code("cross-field", _("This study form admits no students to that batch.")),
        "same_person_two_centers": Code("cross-row", _("An earlier row has the same person at another center.")),
        "student_no_reused": Code("cross-row", _("The student number belongs to another person.")),
        "person_already_enrolled": Code("cross-file", _("The person is enrolled under another student number.")),
        "center_unknown": Code("cross-file", _("There is no such learning center.")),
        "major_unknown": Code("cross-file", _("The school does not offer this major.")),
        "major_name_mismatch": Code("cross-file", _("The name is not that of the major code.")),
        "offering_not_found": Code(
            "cross-file", _("The major is not offered with this level path, study form and batch.")
        ),
        "major_not_open_at_center": Code("cross-file", _("The learning center has not filed this major.")),
        "center_stopped_intake": Code("cross-file", _("The learning center takes no students in on that day.")),
        "center_filing_lapsed": Code("cross-file", _("No filing of the learning center covers that day.")),
        "no_admission_plan": Code("cross-file", _("There is no admission plan for this combination.")),
        "quota_exceeded": Code("cross-row", _("No free place is left in the admission plan.")),
        "plan_exceeded": Code("cross-row", _("The places of the centers add up to more than the provincial plan.")),
        "application_twice": Code("cross-file", _("This person has another application in the batch.")),
        "application_differs": Code(
            "cross-file", _("The application is known with other values. Change it on its own page.")
        ),
        "application_holds_place": Code(
            "cross-file", _("An application of this person holds a place in the batch: register that one instead.")
        ),
        "candidate_twice": Code("cross-file", _("This candidate number is in another application of the batch.")),
        "window_closed": Code("cross-file", _("This is not open on that day for the batch.")),
        "student_unknown": Code("cross-file", _("There is no such student.")),
        "name_mismatch": Code("cross-file", _("The name is not the stored name.")),
        "change_before_entry": Code("cross-file", _("The change is dated before the student entered.")),
        "change_after_terminal": Code("cross-row", _("The student had already left.")),
        "change_overlaps": Code("cross-row", _("Another change is dated on the same day or later.")),
        "change_not_possible": Code("cross-row", _("This change is not possible from the present state.")),
        "old_value_mismatch": Code("cross-row", _("The value before is not the value on that day.")),
    }
)

register_laws({"provincial_plan_not_exceeded": "plan_exceeded"})
