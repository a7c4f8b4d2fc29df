"""What is known of a host or address beyond the line: asset, system, network, country, autonomous system.

Asked when an alert is new, and by correlations that group by it; never for each line. ``register`` and ``networks``
hold what the configuration says, ``databases`` reads files in the MaxMind DB format, ``enricher`` puts them together.
"""

from soc_agent.enrich.databases import Databases
from soc_agent.enrich.enricher import KNOWN_FIELDS, PLACE_FIELDS, Enricher
from soc_agent.enrich.networks import Networks
from soc_agent.enrich.place import Place, Places, PlaceTable
from soc_agent.enrich.prefixes import address_of
from soc_agent.enrich.register import Register
from soc_agent.enrich.review import Review, review

__all__ = [
    "KNOWN_FIELDS",
    "PLACE_FIELDS",
    "Databases",
    "Enricher",
    "Networks",
    "Place",
    "PlaceTable",
    "Places",
    "Register",
    "Review",
    "address_of",
    "review",
]
