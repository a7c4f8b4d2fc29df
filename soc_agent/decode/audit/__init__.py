"""The audit of Linux: records as auditd writes them, and as LAUREL does."""

from soc_agent.decode.audit.laurel import LAUREL, is_laurel
from soc_agent.decode.audit.lines import AUDIT
from soc_agent.decode.audit.records import is_audit

__all__ = ["AUDIT", "LAUREL", "is_audit", "is_laurel"]
