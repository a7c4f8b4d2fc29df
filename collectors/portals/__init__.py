"""Web pages of a province, looked at from outside: whether they answer, what they say, how long a certificate holds.

``connection`` opens one bounded connection; ``fetch`` gets a page over it, redirects included, ``asking`` many at a
time; ``certificate`` reads X.509; ``markup`` reads HTML in linear time, ``styles`` what hides in it, ``code`` what
scripts say, ``references`` what is loaded and linked; ``masks`` takes out what differs each time; ``picture`` makes of
all that what can be compared; ``compare`` tells changes apart; ``parts`` does so for what a page loads; ``memory`` is
what is kept of a page over restarts; ``judge`` makes ``lines`` of what a fetch gave, ``content`` of what the page says;
``watch`` is the collector that puts them together.
"""

from collectors.portals.watch import PortalWatch

__all__ = ["PortalWatch"]
