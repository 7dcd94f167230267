"""Speed as ratios: each `bench_*.py` times one piece of work beside the least that the database needs for its result."""
