"""Benchmarks: ``make bench`` prints tables. Rates are per CPU-second, comparisons are ratios within one run."""
