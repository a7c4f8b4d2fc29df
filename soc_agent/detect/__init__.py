"""Rules become detections: load, literals, prefilter, predicate, correlate, suppress, explain, YARA."""
