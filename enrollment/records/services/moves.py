"""Where a life leads: each move leads elsewhere, to a centre that has filed what is studied and is not revoked (docs/rules.md
§§2.4, 2.8; docs/files.md §6.4). Asked of every change, and of what is left where a document is taken back or an entry
corrected."""

import datetime as dt
from dataclasses import replace
from itertools import pairwise

from enrollment.records.life import Life, Period
from enrollment.records.models.changes import ChangeKind
from enrollment.records.services.change_refusals import refuse
from enrollment.records.services.grounds import Grounds

TARGETS = {
    ChangeKind.CHANGE_CENTER: "new_center_id",
    ChangeKind.CHANGE_MAJOR: "new_programme_version_id",
    ChangeKind.CHANGE_FORM: "new_programme_version_id",
}


def require_sound_moves(life: Life, grounds: Grounds, *, since: dt.date, of: dt.date | None = None) -> None:
    """Raises DomainError for the first move on that day or later that leads nowhere or where the major is not filed; `of` is the
    day of the change that is judged, if it stands in this life."""
    for present, following in pairwise(life.periods):
        moves = following.begun_by in TARGETS or following.center_id != present.center_id
        if not moves or following.begin < since:
            continue
        if (following.center_id, following.programme_version_id) == (present.center_id, present.programme_version_id):
            raise refuse("change_not_possible" if following.begin == of else "later_change_leads_nowhere")
        major = grounds.version(following.programme_version_id).programme.major.code
        if not grounds.intake(following.center_id).is_open_for(major, following.begin):
            raise refuse("major_not_open_at_center")


def require_served(before: Life, after: Life, grounds: Grounds) -> None:
    """Raises DomainError `center_revoked` where days are added at a centre that is revoked on some of them; whoever is there
    already can leave."""
    stays = _stays(before)
    for one in after.periods:
        known = any(
            old.center_id == one.center_id
            and old.begin <= one.begin
            and (old.end is None or (one.end is not None and one.end <= old.end))
            for old in stays
        )
        if not known and not grounds.intake(one.center_id).serves(one.begin, one.end):
            raise refuse("center_revoked")


def _stays(life: Life) -> list[Period]:
    """The periods, those that follow each other at one centre as one: what changed there in between adds no day."""
    stays: list[Period] = []
    for one in life.periods:
        goes_on = bool(stays) and (stays[-1].center_id, stays[-1].end) == (one.center_id, one.begin)
        stays.append(replace(one, begin=stays.pop().begin) if goes_on else one)
    return stays
