"""IP fragments: the later ones have no ports; they get those of the first one of their packet."""

from collections import OrderedDict

import numpy as np

from collectors.packets.headers import Headers

_MAX_OPEN = 4096


class Fragments:
    """The first fragments seen lately. Bounded; a later fragment whose first one is unknown keeps the ports 0."""

    def __init__(self) -> None:
        self._ports: OrderedDict[tuple[int, ...], tuple[int, int]] = OrderedDict()
        self.lost = 0
        """Later fragments whose first one was not seen before them."""

    def complete(self, headers: Headers) -> None:
        """Give later fragments their ports, in place."""
        for index in np.flatnonzero(headers.is_fragment & headers.is_flow).tolist():
            key = (
                int(headers.source_high[index]),
                int(headers.source_low[index]),
                int(headers.target_high[index]),
                int(headers.target_low[index]),
                int(headers.fragment_id[index]),
                int(headers.proto[index]),
            )
            if not headers.is_later[index]:
                self._ports[key] = (int(headers.source_port[index]), int(headers.target_port[index]))
                self._ports.move_to_end(key)
                if len(self._ports) > _MAX_OPEN:
                    self._ports.popitem(last=False)
                continue
            ports = self._ports.get(key)
            if ports is None:
                self.lost += 1
            else:
                headers.source_port[index], headers.target_port[index] = ports
