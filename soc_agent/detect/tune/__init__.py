"""From false positives to a Sigma filter, tried on stored alerts before it is written."""
