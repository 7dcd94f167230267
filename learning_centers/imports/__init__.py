"""The kinds of files that bring schools, majors, learning centres (docs/files.md §5)."""

from exchange.kinds import register
from learning_centers.imports.centers import LEARNING_CENTERS
from learning_centers.imports.majors import SCHOOLS_AND_MAJORS

register(SCHOOLS_AND_MAJORS)
register(LEARNING_CENTERS)
