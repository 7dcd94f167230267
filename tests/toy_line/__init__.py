"""A line of work beside the first, as small as one can be: what it brings stands in its own files, and nowhere else."""
