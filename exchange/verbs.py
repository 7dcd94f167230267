"""The verbs of this app in words."""

from django.utils.translation import gettext_lazy as _

from common.verbs import VERBS, Verb

VERBS.register(
    Verb("exchange.ask_to_undo", _("ask for an import to be taken back")),
    Verb("exchange.cancel_job", _("cancel a job")),
    Verb("exchange.check_import", _("check a file")),
    Verb("exchange.commit_import", _("store the rows of a file")),
    Verb("exchange.decide_import", _("let a file be stored")),
    Verb("exchange.decline_import", _("decide that a file is not stored")),
    Verb("exchange.download_file", _("download a file with remarks")),
    Verb("exchange.import_file", _("import a file")),
    Verb("exchange.keep_import", _("decide that an import stays")),
    Verb("exchange.undo_import", _("take back an import")),
    Verb("exchange.view_imports", _("look at imports")),
    Verb("exchange.view_jobs", _("look at jobs")),
)
