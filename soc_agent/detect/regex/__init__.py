"""Regular expressions of rules: what PCRE means by them, searched in linear time wherever that can be."""
