"""Text that people read: the message catalogues in both languages, and outside text made safe for a screen."""

from soc_agent.text.catalog import LANGUAGES, current_language, detect_language, say, use_language
from soc_agent.text.fold import fold
from soc_agent.text.safe import SafeText, make_safe, path_text

__all__ = [
    "LANGUAGES",
    "SafeText",
    "current_language",
    "detect_language",
    "fold",
    "make_safe",
    "path_text",
    "say",
    "use_language",
]
