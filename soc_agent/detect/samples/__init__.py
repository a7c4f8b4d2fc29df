"""Samples beside a rule: what it must find, and what it must leave alone."""
