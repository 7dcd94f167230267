"""Whether stored runs are still what the records give: each is counted anew and its digest compared."""

from collections.abc import Iterator

from learning_centers.models import Institution
from reporting.models import StatisticsRun
from reporting.reports.figures import compute
from reporting.services.running import Row, digest_of, question_of


def verified_runs() -> Iterator[tuple[StatisticsRun, bool]]:
    """(run, whether it differs from the records) for every run that is done, in the order in which they were asked."""
    done = StatisticsRun.objects.exclude(digest="").select_related("institution")
    for institution in Institution.objects.order_by("code"):
        for run in done.filter(institution=institution).order_by("pk"):
            yield run, digest_of(run.definitions, run.as_of, run.since, counted_anew(run)) != run.digest


def counted_anew(run: StatisticsRun) -> Iterator[Row]:
    """The rows of a run as the records give them, in the order of `rows_of`; nothing is stored."""
    question = question_of(run)
    wanted = [question.family.breakdown(name) for name in run.breakdowns]
    table = compute(question, wanted)
    for name, one in zip(run.breakdowns, wanted, strict=True):
        for key, values in table.rows(one):
            yield name, list(key), values
