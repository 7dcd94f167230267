from reporting.models.published import Line, ProfileStatement, PublishedFigure, Qualifier

__all__ = ["Line", "ProfileStatement", "PublishedFigure", "Qualifier"]
