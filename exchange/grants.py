"""Which shipped roles hold which rights of this app."""

from common.grants import GRANTS, grants

GRANTS.register(
    *grants(
        "registrar",
        "exchange.view_imports",
        "exchange.import_file",
        "exchange.undo_import",
        "exchange.view_jobs",
        "exchange.cancel_job",
    ),
    *grants(
        "second_registrar",
        "exchange.view_imports",
    ),
    *grants(
        "coordinator",
        "exchange.import_file",
    ),
    *grants(
        "sysadmin",
        "exchange.view_jobs",
        "exchange.cancel_job",
    ),
)
