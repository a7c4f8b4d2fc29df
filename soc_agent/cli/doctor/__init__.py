"""``soc-agent doctor``: everything that the agent needs, looked at before it runs and while it runs.

Each module looks at one thing and yields checks; ``examine`` puts them in order. ``who`` looks with the eyes of the
user that would run the agent.
"""
