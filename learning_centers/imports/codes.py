from django.utils.translation import gettext_lazy as _

from exchange.issues import Code, register_codes

register_codes(
    {
        "school_identifier_mismatch": Code("cross-field", _("The school identifier contradicts the school code.")),
        "major_level_mismatch": Code("cross-field", _("The major code belongs to another level.")),
        "study_form_not_valid_for_batch": Code("cross-field", _("This study form admits no students to that batch.")),
        "school_unknown": Code("cross-file", _("No major of this school is known. Import schools and majors first.")),
        "major_unknown": Code("cross-file", _("The school does not offer this major.")),
        "change_not_possible": Code("cross-row", _("This change is not possible from the present state.")),
    }
)
