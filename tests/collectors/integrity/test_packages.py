"""Several managers as one, and which names of a list are kept."""

from collectors.integrity.packages import Below, Packages, Verdict, names_of


class One:
    def __init__(self, said: Verdict | None, *, busy: bool = False) -> None:
        self.said, self.busy, self.refreshed = said, busy, 0

    def refresh(self) -> None:
        self.refreshed += 1

    def is_busy(self) -> bool:
        return self.busy

    def owner(self, path: str) -> str:
        return self.said.package if self.said and path else ""

    def of(self, path: str) -> Verdict | None:
        return self.said if path else None


def test_the_manager_that_agrees_is_heard() -> None:
    yes, no = Verdict("b", matches=True, changed_ns=1), Verdict("a", matches=False, changed_ns=1)
    managers = [One(None), One(no), One(yes, busy=True)]
    packages = Packages(*managers)
    assert packages.of("/x") == yes
    assert packages.owner("/x") == "a"
    assert packages.is_busy()
    packages.refresh()
    assert [manager.refreshed for manager in managers] == [1, 1, 1]
    assert Packages(One(no)).of("/x") == no


def test_without_managers_nothing_belongs_to_any_package() -> None:
    packages = Packages()
    assert (packages.of("/x"), packages.owner("/x"), packages.is_busy()) == (None, "", False)


def test_names_of_merged_folders() -> None:
    assert names_of("/bin/x") == ("/bin/x", "/usr/bin/x")
    assert names_of("/usr/bin/x") == ("/usr/bin/x", "/bin/x")


def test_only_what_is_watched_is_kept() -> None:
    below = Below(["/usr/bin/", "/etc/passwd", "/srv/../opt"])
    kept = [
        name for name in ("/bin/ls", "/usr/bin", "/etc/passwd", "/etc/passwd2", "/opt/x", "/usr/binx") if below(name)
    ]
    assert kept == ["/bin/ls", "/usr/bin", "/etc/passwd", "/opt/x"]
    assert Below(["/"])("/anything")
