from reporting.models.published import Line, ProfileStatement, PublishedFigure, Qualifier
from reporting.models.runs import FrozenReturn, ReturnDifference, SliceFigures, StatisticsRun

__all__ = [
    "FrozenReturn",
    "Line",
    "ProfileStatement",
    "PublishedFigure",
    "Qualifier",
    "ReturnDifference",
    "SliceFigures",
    "StatisticsRun",
]
