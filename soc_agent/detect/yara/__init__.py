"""YARA: rules from files, a scanner, and findings that become detections."""
