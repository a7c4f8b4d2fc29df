"""``soc-agent install``: the agent as a service with the fewest rights that its configuration asks for.

``needs`` says what a configuration asks for, ``unit`` what that is in the words of systemd, ``files`` writes it without
taking anything from a person, ``manager`` speaks with systemd.
"""
