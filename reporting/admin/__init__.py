from reporting.admin.returns import FrozenReturnAdmin, PublishedFigureAdmin
from reporting.admin.runs import StatisticsRunAdmin

__all__ = ["FrozenReturnAdmin", "PublishedFigureAdmin", "StatisticsRunAdmin"]
