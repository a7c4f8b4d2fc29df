"""``python -m soc_agent`` is ``soc-agent``."""

from soc_agent.cli import main

if __name__ == "__main__":
    main()
