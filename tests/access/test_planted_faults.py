"""The matrix is worth what it catches: each of these faults, planted, must turn it red."""

import pytest
from django.db import transaction
from django.db.models import Q

from common.access import scope_filter
from common.admin import scoped
from common.querysets import ScopedQuerySet
from common.views import ScopedView
from enrollment.records.views.base import PortalView
from people.models import User
from tests.access.matrix import Judge, Visitor, faults

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def everything(self, user, verb=None):
    return self.all()


def plain_rows(self, request):
    return self.model._base_manager.all()


def row_of_anybody(self, request, object_id):
    return self.model._base_manager.filter(public_id=object_id).first() or plain_row(self, object_id)


def plain_row(admin, object_id):
    return admin.model._base_manager.get(pk=object_id)


def rows_of_anybody(self, model, verb=""):
    return model._base_manager.all()


def any_right(model, user, verb=None):
    return scope_filter(model, user)


def yes(*args, **kwargs):
    return True


Patch = tuple[str | tuple[object, str], object]

PLANTED: dict[str, tuple[list[Patch], str, Judge]] = {
    "a queryset that forgets whose rows": ([((ScopedQuerySet, "visible_to"), everything)], "insider", Visitor.reading),
    "a scope that is always everything": (
        [("common.querysets.scope_filter", lambda *a, **k: Q())], "foreign registrar", Visitor.reading,
    ),
    "an admin list without visible_to": (
        [((scoped.ScopedAdmin, "get_queryset"), plain_rows)], "outsider", Visitor.reading,
    ),
    "a record page that opens any row": (
        [((scoped.RecordAdmin, "row_or_404"), row_of_anybody)], "registrar", Visitor.reading,
    ),
    "an admin that asks for no right": ([("common.admin.scoped.can", yes)], "onlooker", Visitor.reading),
    "a page of our own that asks for no right": ([("common.admin.acting.can", yes)], "reader", Visitor.reading),
    "a door that lets everybody in": ([((User, "is_staff"), property(yes))], "coordinator", Visitor.reading),
    "a portal that is open to everybody": ([((ScopedView, "is_open_to"), yes)], "clerk", Visitor.reading),
    "a page of the portal that asks for no right": ([((ScopedView, "is_open_to"), yes)], "onlooker", Visitor.reading),
    "a portal that shows anybody's rows": ([((PortalView, "rows"), rows_of_anybody)], "coordinator", Visitor.reading),
    "an act of the portal on any row": (
        [((PortalView, "reachable"), rows_of_anybody), ("enrollment.requests.services.requesting.require", yes)],
        "coordinator", Visitor.acting,
    ),
    "choices that offer any row": ([((ScopedQuerySet, "visible_to"), everything)], "outsider", Visitor.choosing),
    "a right that is held somewhere and so everywhere": (
        [("common.access.scope_filter", any_right)], "commuter", Visitor.acting,
    ),
    "an act on any row that asks for no right": (
        [((scoped.RecordAdmin, "row_or_404"), row_of_anybody), ("people.services.merging.require", yes)],
        "foreign registrar", Visitor.acting,
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_found(fault, world, monkeypatch):
    """Some cell turns red by it, and without it that very cell is green; that all are, the other modules say."""
    patches, role, judge = PLANTED[fault]
    with transaction.atomic(), monkeypatch.context() as planted:
        for target, replacement in patches:
            planted.setattr(*(target if isinstance(target, tuple) else (target,)), replacement)
        found = next(faults(world, role, judge), None)
        transaction.set_rollback(True)
    assert found
    cell, _what = found
    assert judge(Visitor(world, role), *cell) == ""
