"""The lists of persons that leave from here (`exchange.exports`)."""

from enrollment.admission.exports.notices import ADMISSION_NOTICES
from enrollment.records.exports.roster import ROSTER, RosterTerms, rows

__all__ = ["ADMISSION_NOTICES", "ROSTER", "RosterTerms", "rows"]
