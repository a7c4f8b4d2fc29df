"""Domain names under which anybody may register: as an indicator they would match the half of the Internet."""

_SECOND_LEVEL_WORDS = """
ac biz co com edu gob gouv gov go govt health id info int io mil ltd me name ne net nom or org plc pro sch web
asn res firm gen ind in my sp on tm ab bc mb nb nf nl ns nt nu pe qc sk yk ai
"""
_SECOND_LEVEL = frozenset(_SECOND_LEVEL_WORDS.split())
"""Labels that registries of countries put before the name (``gov.vn``, ``co.uk``)."""

_HOSTING_NAMES = """
github.io gitlab.io blogspot.com wordpress.com weebly.com wixsite.com herokuapp.com vercel.app netlify.app pages.dev
workers.dev r2.dev web.app firebaseapp.com appspot.com cloudfront.net amazonaws.com s3.amazonaws.com sharepoint.com
azurewebsites.net windows.net cloudapp.net azureedge.net onrender.com fly.dev glitch.me repl.co surge.sh serveo.net
trycloudflare.com ngrok.io ngrok.app ngrok-free.app duckdns.org no-ip.org ddns.net hopto.org zapto.org sytes.net
dyndns.org myftp.org googleapis.com googleusercontent.com translate.goog
"""
_HOSTING = frozenset(_HOSTING_NAMES.split())
"""Where providers give each customer a name of its own."""

_LOCAL = frozenset(
    {"local", "localhost", "localdomain", "internal", "intranet", "lan", "home", "corp", "private", "arpa"}
)
"""Top-level domains that exist only inside networks, or stand for addresses (``in-addr.arpa``)."""


def is_suffix(domain: str) -> bool:
    """Say whether a name (lower case) is a public suffix, or as wide as one.

    A country's second level is told by its usual labels, not from the public suffix list: that list changes weekly.
    """
    labels = domain.split(".")
    if len(labels) < 2 or domain in _HOSTING:
        return True
    return len(labels) == 2 and len(labels[1]) == 2 and labels[0] in _SECOND_LEVEL


def is_local(domain: str) -> bool:
    """Say whether a name can only exist inside a network."""
    return domain.rpartition(".")[2] in _LOCAL
