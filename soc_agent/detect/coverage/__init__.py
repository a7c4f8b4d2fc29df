"""What the rules cover: which can fire here, which never can and why, and ATT&CK."""
