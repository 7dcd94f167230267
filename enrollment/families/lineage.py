"""As organised today: which present school stands for a former one (docs/rules.md §1a, worked example 10)."""

from collections import defaultdict

from common.dates import today
from learning_centers.models import Institution, LineageLink, School


def successors_today(institution: Institution, known_number: int) -> tuple[tuple[int, str], ...]:
    """(key of a former school, code of its one successor today), as known after this recording, ordered by key.

    A school that was split among several keeps standing for itself: nobody can say which of them took a student.
    """
    links = LineageLink.objects.known_at(known_number).filter(
        event__institution=institution,
        event__on__lte=today(institution),
        event__kind__in=["merged", "split"],
    )
    links = links.filter(event__in=institution.lineage.known_at(known_number)) if links.exists() else links
    sides: dict[str, dict[int, list[int]]] = {side: defaultdict(list) for side in LineageLink.Side.values}
    for event, school, side in links.order_by("event__on", "event__position").values_list(
        "event_id", "school_id", "side"
    ):
        sides[side][event].append(school)
    following: dict[int, int] = {}
    for event, former in sides[LineageLink.Side.PREDECESSOR].items():
        after = sides[LineageLink.Side.SUCCESSOR][event]
        if len(after) == 1:
            following |= {school: after[0] for school in former if school != after[0]}
    codes = dict(School.objects.filter(institution=institution).values_list("pk", "code"))
    return tuple(sorted((school, codes[_last(school, following)]) for school in following))


def _last(school: int, following: dict[int, int]) -> int:
    seen = {school}
    while (after := following.get(school)) and after not in seen:
        seen.add(after)
        school = after
    return school
