from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from common.admin.filters import Choose, Write
from common.batches import batch_label
from common.codes.regions import PROVINCES
from common.texts import normalize
from common.tiles import province_name
from enrollment.admission.models.places import EntryBatch
from enrollment.duties.reports.missing import NAMES, students_lacking
from learning_centers.models import LearningCenter, Major

MOST_CENTERS = 300


class WriteCenter(Write):
    """A centre's code, the beginning of one, or a part of its name."""

    parameter_name = "center"
    title = _("learning centre")
    path = "current_center"
    suggestions = "admin:learning_centers_suggest"

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self.centers = LearningCenter.objects.visible_to(request.user).current()
        super().__init__(request, *args, **kwargs)

    def narrow(self, queryset: Any, text: str) -> Any:
        text = normalize(text)[0]
        exact = list(self.centers.filter(code=text).values_list("pk", flat=True)[:MOST_CENTERS])
        alike = self.centers.filter(Q(code__startswith=text) | Q(name__contains=text)).values_list("pk", flat=True)
        return queryset.filter(**{f"{self.path}__in": exact or list(alike[:MOST_CENTERS])})


class ChooseBatch(Choose):
    parameter_name = "batch"
    title = _("batch")
    path = "entry_batch"

    def options(self, request: HttpRequest) -> list[tuple[str, Any]]:
        codes = EntryBatch.objects.visible_to(request.user).order_by("-starts_on").values_list("code", flat=True)
        return [(code, batch_label(code)) for code in dict.fromkeys(codes)]

    def narrow(self, request: HttpRequest, queryset: Any, value: str) -> Any:
        batches = EntryBatch.objects.visible_to(request.user).filter(code=value).values_list("pk", flat=True)
        return queryset.filter(**{f"{self.path}__in": list(batches)})


class ChooseMajor(Choose):
    parameter_name = "major"
    title = _("major")
    path = "current_programme_version__programme__major__code"

    def options(self, request: HttpRequest) -> list[tuple[str, Any]]:
        majors = Major.objects.visible_to(request.user).current().order_by("code")
        return list({major.code: (major.code, str(major)) for major in majors[:500]}.values())


class ChooseProvinceOfStudent(Choose):
    parameter_name = "province"
    title = _("province")
    path = "current_center__province_code"

    def options(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [(code, province_name(code)) for code in PROVINCES]


class ChooseMissing(Choose):
    parameter_name = "missing"
    title = _("missing data")

    def options(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return NAMES

    def narrow(self, request: HttpRequest, queryset: Any, value: str) -> Any:
        return students_lacking(queryset, value)
