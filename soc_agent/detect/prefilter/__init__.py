"""Which lines, and which rules for a line: literals from conditions, one scan of a block for all of them."""
