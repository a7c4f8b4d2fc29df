"""A package with a build step of its own."""
import base64
import os
import subprocess
import zlib

from setuptools import setup
from setuptools.command.install import install

PICTURE = zlib.decompress(base64.b64decode("eJwLy0xKLVIoSM3PK0nMLAEAM1kF5A=="))


class Install(install):
    def run(self) -> None:
        subprocess.run(["make", "-C", "native"], check=True)
        install.run(self)


exec(open(os.path.join("src", "version.py")).read())
setup(name="ban-do", version="1.2", cmdclass={"install": Install})
