"""Which shipped roles hold which rights of this app."""

from common.grants import GRANTS, grants

GRANTS.register(
    *grants(
        "registrar",
        "reporting.view_figures",
        "reporting.compute_statistics",
        "reporting.freeze_return",
        "reporting.restate_return",
        "reporting.publish_figures",
        "reporting.state_profile",
    ),
    *grants(
        "second_registrar",
        "reporting.view_figures",
    ),
)
