"""The lists of the site as an oracle: every column of every list asked for by an address, as stock admin would let one."""

from collections.abc import Iterator
from itertools import cycle
from typing import Any

from django.contrib import admin
from django.urls import reverse

from tests.security.site import AttackSucceeded, Browser, Site

NUMBER = "1.3"
NAME = "filters"
LOOKUPS = ("=x", "__startswith=1", "__gt=0", "__regex=(", "__isnull=1", "__in=1,2")
OF_STOCK_ADMIN = ("_to_field=id", "e=1", "o=-1.2", "all=", "_facets=1", "user__password__startswith=a", "id__lt=9")
IN_THE_PORTAL = ("students", "applications", "requests", "roster", "former_students", "files", "exports", "notices")
ROLES = ("registrar", "sysadmin", "auditor")


def run(site: Site) -> int:
    before, known = site.requests, set[Any]()
    for role in ROLES:
        ask_the_lists(site.browser(role), known)
    portal = site.browser("coordinator")
    for name in IN_THE_PORTAL:
        refuses(portal, reverse(f"portal:{name}"), "person__name__startswith=%E7%8E%8B")
    wrong_values(site)
    return site.requests - before


def ask_the_lists(browser: Browser, known: set[Any]) -> None:
    """The lists that this role reads and none before it."""
    lookup = cycle(LOOKUPS)
    for model, page in admin.site._registry.items():
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        if model in known or browser.get(address).status != 200:
            continue
        known.add(model)
        for asked in undeclared(model, page, lookup):
            refuses(browser, address, asked)


def undeclared(model: Any, page: Any, lookup: Iterator[str]) -> Iterator[str]:
    declared = set(page.list_takes())
    yield from (one for one in OF_STOCK_ADMIN if one.partition("=")[0] not in declared)
    columns = (f"{field.name}{next(lookup)}" for field in model._meta.concrete_fields)
    yield from (one for one in columns if one.partition("=")[0] not in declared)


def wrong_values(site: Site) -> None:
    browser = site.browser("registrar")
    for name, asked in (
        ("enrollment_student", "state=graduated'"), ("enrollment_student", "batch=2026"), ("enrollment_student", "major=%25"),
        ("enrollment_changerequest", "case=1"), ("enrollment_changerequest", "waits=("), ("exchange_importbatch", "status=x"),
        ("learning_centers_learningcenter", "school=-1"), ("learning_centers_learningcenter", "filing=1"),
    ):  # fmt: skip
        refuses(browser, reverse(f"admin:{name}_changelist"), asked)


def refuses(browser: Browser, address: str, asked: str) -> None:
    answer = browser.get(f"{address}?{asked}")
    if answer.status != 400:
        raise AttackSucceeded(f"{address}?{asked} was answered with {answer.status}")
    if "could not be understood" not in answer.text:
        raise AttackSucceeded(f"{address}?{asked} was refused by another page than ours")
