"""The lists that a job computes, and what people decide about those who stand on them."""

import datetime as dt

from django.db.models import Q

from demo.simulating.enrolled import own_students
from demo.simulating.scene import Scene
from enrollment.duties.services.watching import ask_for_withdrawal, compute_lists, post_notice, set_aside
from enrollment.models import WatchItem
from enrollment.services import record_entitlement, register_year, school_year_of
from people.models import User

List, State = WatchItem.List, WatchItem.State


def watch(scene: Scene) -> None:
    """What is open is decided, each list in its way; some people are given time."""
    scene.tally.do(compute_lists, scene.institution, by=User.objects.system())
    for item in list(_own(scene, State.OPEN)):
        if scene.whole("set aside", 0.15):
            until = scene.today + dt.timedelta(days=120)
            scene.tally.do(set_aside, item, until=until, reason="家庭变故，给予延期", by=scene.cast.registrar)
        elif item.list == List.OVER_MAX:
            scene.tally.do(post_notice, [item], begin=scene.today, by=scene.cast.registrar)
        elif item.list in (List.SUSPENDED_TOO_LONG, List.NOT_REGISTERED):
            _one_way_or_the_other(scene, item)
        elif item.list == List.ENTITLEMENT_DUE:
            scene.tally.do(record_entitlement, item.student, "passed", by=scene.cast.registrar)


def after_notice(scene: Scene) -> None:
    """Public notice is over for some: their withdrawal is asked for. For the others it is too early."""
    scene.tally.do(compute_lists, scene.institution, by=User.objects.system())
    for item in list(_own(scene, State.NOTICED)):
        terms = {"effective_date": scene.today, "reason": "公示期满", "by": scene.cast.registrar}
        if item.notice_end is not None and item.notice_end > scene.today:
            scene.tally.provoke("notice_not_over", ask_for_withdrawal, item, **terms)
        else:
            _ask_for_withdrawal(scene, item, "公示期满")


def _one_way_or_the_other(scene: Scene, item: WatchItem) -> None:
    """Who forgot to register is registered late; who did not come back is withdrawn."""
    if item.list == List.NOT_REGISTERED and scene.chance(0.6):
        year = school_year_of(scene.today)
        terms = {"on": scene.today, "by": scene.cast.registrar}
        scene.tally.do_many(register_year, [item.student], year, expected={"not_active"}, **terms)
    else:
        _ask_for_withdrawal(scene, item, "休学期满未复学" if item.list == List.SUSPENDED_TOO_LONG else "逾期未注册")


def _ask_for_withdrawal(scene: Scene, item: WatchItem, reason: str) -> None:
    terms = {"effective_date": scene.today, "reason": reason, "by": scene.cast.registrar}
    scene.tally.attempt(
        {"already_asked", "change_after_terminal", "later_change_in_the_way"}, ask_for_withdrawal, item, **terms
    )


def _own(scene: Scene, state: str) -> list[WatchItem]:
    """Items about students or applicants of the simulation."""
    coordinators = scene.cast.coordinators.values()
    own = Q(student__in=own_students(scene)) | Q(application__created_by__in=coordinators)
    items = WatchItem.objects.filter(own, institution=scene.institution, status=state)
    return list(items.select_related("institution", "student__institution").order_by("pk"))
