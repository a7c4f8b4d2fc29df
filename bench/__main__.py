"""``python -m bench [LANE]...``: all lanes, or those named."""

import sys
from importlib import import_module

LANES = (
    "hunting",
    "windows",
    "quiet",
    "noise",
    "indicators",
    "rest",
    "tail",
    "correlation",
    "loading",
    "packets",
    "listener",
    "live",
    "files",
    "watches",
    "latency",
    "first_frame",
)

if __name__ == "__main__":
    for lane in sys.argv[1:] or LANES:
        import_module(f"bench.{lane}").main()
