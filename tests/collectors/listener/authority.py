"""Certificates for tests, made by the openssl program: an authority, and what it signs."""

import shutil
import ssl
import subprocess
from functools import cached_property
from pathlib import Path

import pytest


class Authority:
    """An authority in a folder of its own."""

    def __init__(self, folder: Path, name: str = "Test CA") -> None:
        if shutil.which("openssl") is None:
            pytest.skip("the openssl program is not installed")
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.certificate = folder / "ca.pem"
        self._key = folder / "ca.key"
        self._run(
            *("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"),
            *("-subj", f"/CN={name}", "-keyout", str(self._key), "-out", str(self.certificate)),
        )

    def sign(self, name: str, *, names: str = "", days: int = 2) -> tuple[Path, Path]:
        """Give the certificate and the key of a name; ``names`` are its other ones, as ``DNS:web01.example``."""
        key, request, signed = (self.folder / f"{name}.{suffix}" for suffix in ("key", "csr", "pem"))
        self._run(
            *("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"),
            *("-subj", f"/CN={name}", "-keyout", str(key), "-out", str(request)),
        )
        extensions = self.folder / f"{name}.ext"
        extensions.write_text(f"subjectAltName={names}\n" if names else "basicConstraints=CA:FALSE\n", "ascii")
        self._run(
            *("x509", "-req", "-in", str(request), "-CA", str(self.certificate), "-CAkey", str(self._key)),
            *("-CAcreateserial", "-days", str(days), "-extfile", str(extensions), "-out", str(signed)),
        )
        return signed, key

    @cached_property
    def server(self) -> tuple[Path, Path]:
        """Certificate and key of the listener on this host."""
        return self.sign("listener", names="DNS:localhost,IP:127.0.0.1")

    def revoke(self, *signed: Path, days: float = 2) -> Path:
        """Give a revocation list, good for so many days, of the certificates taken back so far and these."""
        index, settings = self.folder / "index.txt", self.folder / "ca.cnf"
        index.touch()
        settings.write_text(f"[ca]\ndefault_ca=own\n[own]\ndatabase={index}\ndefault_md=sha256\n", "ascii")
        ours = ("-config", str(settings), "-cert", str(self.certificate), "-keyfile", str(self._key))
        for path in signed:
            self._run("ca", *ours, "-revoke", str(path))
        made = self.folder / "ca.crl"
        self._run("ca", *ours, "-gencrl", "-crlsec", str(int(days * 86_400)), "-out", str(made))
        return made

    def client(self, pair: tuple[Path, Path] | None = None) -> ssl.SSLContext:
        """Give what a sender needs that trusts this authority, with its own certificate if it has one."""
        context = ssl.create_default_context(cafile=str(self.certificate))
        if pair is not None:
            context.load_cert_chain(*pair)
        return context

    @staticmethod
    def _run(*words: str) -> None:
        subprocess.run(["openssl", *words], check=True, capture_output=True)
