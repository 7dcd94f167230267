from common.access import require
from common.audit import AuditNote, write_audit
from common.dates import today
from common.notices import tell_holders
from learning_centers.rules import rule

WIND_UP = "toy_line.wind_up"


def wind_up(center, *, by) -> int:
    """Returns how often the key was turned."""
    require(by, WIND_UP, center)
    turns = rule("toy_turns", center.institution, on=today(center.institution))
    write_audit([AuditNote(WIND_UP, center, detail={"turns": turns})], by=by, institution_id=center.institution_id)
    tell_holders([WIND_UP], "toy_wound_up", institution=center.institution, subject=center, center=center)
    return turns
