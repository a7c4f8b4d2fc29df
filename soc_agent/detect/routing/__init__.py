"""From an event to the few rules that may match it: by its log source, its kind and its values."""
