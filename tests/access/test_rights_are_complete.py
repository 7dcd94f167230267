"""Every route of the site has its line in the table of rights, and the world has rows to try each of them on."""

from django.apps import apps

from tests.access.matrix import right_of
from tests.access.rights import CATCH_ALL, OPEN, PAGES, PORTAL, RECORDS, SIGNED_IN
from tests.access.routes import all_routes
from tests.access.world import FOREIGN, OWN, SISTER


def test_every_route_has_its_line():
    unsaid = [
        route.name
        for route in all_routes()
        if right_of(route) is None and route.name not in SIGNED_IN | OPEN | CATCH_ALL
    ]
    assert unsaid == []


def test_no_line_is_stale():
    named = {route.name for route in all_routes()}
    assert (set(PAGES) | set(PORTAL) | SIGNED_IN | OPEN) - named == set()
    assert {f"admin:{name}_changelist" for name in RECORDS} - named == set()


def test_the_world_has_rows_of_every_kind(world):
    lacking = []
    for name, right in RECORDS.items():
        model = next(one for one in apps.get_models() if f"{one._meta.app_label}_{one._meta.model_name}" == name)
        kinds = {"p": (OWN,)}.get(right.levels, (OWN, SISTER, FOREIGN) if "c" in right.levels else (OWN, FOREIGN))
        lacking += [f"{name}: {kind}" for kind in kinds if world.row(model, kind) is None]
    assert not lacking, "\n".join(lacking)
