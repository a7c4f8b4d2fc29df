"""One event against rules: values folded once, tests compiled to closures, and indexes that spare most of the tests."""
