"""Lines become events: one decoder a line type, and data-driven decoders from files that refine them."""

from soc_agent.decode.context import Context
from soc_agent.decode.decoders import Decoders
from soc_agent.decode.guess import guess_type
from soc_agent.decode.samples import check_samples

__all__ = ["Context", "Decoders", "check_samples", "guess_type"]
