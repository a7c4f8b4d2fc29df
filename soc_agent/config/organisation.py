"""Options of the people: the on-site force, those who assess, the national centre (layers 1, 3 and 4)."""

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from soc_agent.config.section import Seconds, Section

Clock = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$")]
"""Such as ``07:30``."""


class ContactOptions(Section, frozen=True):
    """A person of the on-site force."""

    name: str
    role: Literal["lead", "backup", "duty", "analyst", "admin", "auditor"] = "duty"
    phone: str = ""
    email: str = ""
    checked: date | None = None
    """When the contact was last verified."""


class WorkingHoursOptions(Section, frozen=True):
    """When people are at work. What administrators do outside is worth a look."""

    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = ("mon", "tue", "wed", "thu", "fri")
    begin: Clock = "07:00"
    """In the zone of the top-level ``timezone``."""
    end: Clock = "18:00"
    holidays: tuple[date, ...] = ()
    """Days on which nobody works."""


class OrganisationOptions(Section, frozen=True):
    """The on-site force (layer 1): who answers here."""

    name: str = ""
    unit: str = ""
    """The unit in charge (đơn vị chuyên trách)."""
    contacts: tuple[ContactOptions, ...] = ()
    working_hours: WorkingHoursOptions = WorkingHoursOptions()
    acknowledge_s: Seconds = 3600
    """A new alert of level high or above that nobody took for so long turns layer 1 critical."""


class AssessmentOptions(Section, frozen=True):
    """Independent periodic assessment (layer 3)."""

    assessor: str = ""
    """The organisation that assesses; independent of the provider of layer 2."""
    provider: str = ""
    """The provider of layer 2, when it is not the own team."""
    last_assessment: date | None = None
    interval_days: Annotated[int, Meta(ge=1)] = 182
    """Longest time between assessments."""


class NationalOptions(Section, frozen=True):
    """Connection with the national monitoring system (layer 4). Nothing leaves by default."""

    mode: Literal["", "dry-run"] = ""
    """Empty: not configured. ``dry-run``: what would be sent is shown and kept, nothing is sent."""
    organisation_id: str = ""
    initial_notice_hours: Annotated[int, Meta(ge=1)] = 24
    """Initial notice of a serious incident, from detection (Decree 333/2026/NĐ-CP Art. 9)."""
    full_notice_hours: Annotated[int, Meta(ge=1)] = 72
    """Cause, scope and remediation, from detection (the same article)."""
