"""Pages of big lists: a count that is cheap at any size, and no way to ask for an offset of millions."""

from functools import cached_property
from typing import Any

import orjson
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Page, Paginator
from django.db import connections
from django.http import HttpRequest
from django.urls import reverse

from common.admin.searching import open_query

REACHABLE_ROWS = 10_000


class CappedPaginator(Paginator):
    """Counts and reaches at most the first 10,000 rows; beyond that `total` is the planner's estimate and says so."""

    @cached_property
    def found(self) -> int:
        """Rows found, at most one more than can be reached."""
        return self.object_list.order_by()[: REACHABLE_ROWS + 1].count()

    @cached_property
    def count(self) -> int:
        return min(self.found, REACHABLE_ROWS)

    def page(self, number: Any) -> Page:
        """Keys first, then the joined rows of these keys alone: the last page costs what the first one does."""
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        keys = list(self.object_list.values_list("pk", flat=True)[first : min(first + self.per_page, self.count)])
        return Page(self.object_list.filter(pk__in=keys), number, self)

    @property
    def is_estimate(self) -> bool:
        return self.found > REACHABLE_ROWS

    @cached_property
    def total(self) -> int:
        if not self.is_estimate:
            return self.count
        queryset = self.object_list.order_by()
        sql, params = queryset.values("pk").query.sql_with_params()
        with connections[queryset.db].cursor() as cursor:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
            plan: Any = cursor.fetchone()[0]
        rows = (plan if isinstance(plan, list) else orjson.loads(plan))[0]["Plan"]["Plan Rows"]
        return max(self.found, rows)


class RecordList(ChangeList):
    """A list whose links name rows by their public id, never by the key inside."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> Any:
        self.query = open_query(self.query, request.user)
        return super().get_queryset(request, exclude_parameters)

    def get_results(self, request: HttpRequest) -> None:
        """A page beyond the end is the last one: a list of what waits gets shorter while somebody pages through it."""
        try:
            super().get_results(request)
        except IncorrectLookupParameters:
            self.page_num = self.model_admin.get_paginator(request, self.queryset, self.list_per_page).num_pages
            super().get_results(request)
        self.page_num = max(1, min(self.page_num, self.paginator.num_pages))

    @property
    def previous_page(self) -> int:
        return self.page_num - 1

    @property
    def next_page(self) -> int:
        return self.page_num + 1

    def url_for_result(self, result: Any) -> str:
        named = getattr(result, "public_id", result.pk)
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=(named,))
