"""The journal of systemd: against a stand-in that speaks the export format, and against the real one."""
