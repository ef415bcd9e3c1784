"""The toolkits that others made, what each needs on this machine, and what it says of its own version."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
NODE_HOME: Final = Path(os.environ.get("POPHUB_INTEROP") or ROOT / "var" / "interop")
"""Where npm put its packages."""
_JAVA: Final = Path("/usr/share/java")
_JARS: Final = (
    "FastInfoset", "codemodel", "dtd-parser", "gmbal", "istack-commons", "javax.", "jaxb-", "jaxws-", "mimepull", "policy", "relaxngDatatype",
    "rngom", "saaj-", "stax-ex", "streambuffer", "txw2", "xml-resolver", "xsom",
)  # fmt: skip
JAVA_OPTIONS: Final = ("--add-opens", "java.base/java.lang=ALL-UNNAMED", "-Xshare:auto", "-XX:TieredStopAtLevel=1")
"""JAX-WS RI 2.3 reflects into java.lang; the rest is about a short life."""


@dataclass(frozen=True)
class Tool:
    """A toolkit. ``version`` gives its version, or nothing when it is not there; ``how`` says in one line how to get it."""

    name: str
    version: Callable[[], str]
    how: str

    @property
    def title(self) -> str:
        """Name and version."""
        return f"{self.name} {self.version()}"

    def demand(self) -> None:
        """Skip the test when the tool is missing, or fail it where services are required."""
        if not self.version():
            required = os.environ.get("POPHUB_REQUIRE_SERVICES") == "1"
            (pytest.fail if required else pytest.skip)(f"{self.name} is missing: {self.how}")


def class_path() -> str:
    """The jars of JAX-WS RI and of what it needs."""
    return os.pathsep.join(str(jar) for jar in sorted(_JAVA.glob("*.jar")) if jar.name.startswith(_JARS))


def said(*command: str | Path) -> str:
    """What a command prints on either stream, nothing when there is no such command."""
    if shutil.which(command[0]) is None:
        return ""
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return (done.stdout + done.stderr).strip()


def _php() -> str:
    return said("php", "-r", "echo extension_loaded('soap') ? PHP_VERSION : '';")


def _node() -> str:
    return (
        said("node", "-p", f"require('{NODE_HOME}/node_modules/soap/package.json').version")
        if (NODE_HOME / "node_modules/soap").is_dir()
        else ""
    )


def _gsoap() -> str:
    return said("wsdl2h", "-V").split()[-1] if all(map(shutil.which, ("wsdl2h", "soapcpp2", "gcc"))) else ""


def _jaxws() -> str:
    found = sorted(_JAVA.glob("jaxws-rt-[0-9]*.jar"))
    return found[-1].stem.removeprefix("jaxws-rt-") if found and shutil.which("javac") else ""


def _python(name: str) -> Callable[[], str]:
    def version() -> str:
        try:
            return metadata.version(name)
        except metadata.PackageNotFoundError:
            return ""

    return version


PHP: Final = Tool("PHP", _php, "apt-get install php-cli php-soap")
NODE: Final = Tool("Node soap", _node, "npm install --prefix var/interop soap@1.13")
GSOAP: Final = Tool("gSOAP", _gsoap, "apt-get install gsoap libgsoap-dev gcc")
JAXWS: Final = Tool("JAX-WS RI", _jaxws, "apt-get install libjaxws-java openjdk-17-jdk-headless")
SUDS: Final = Tool("suds-community", _python("suds-community"), "make setup")
ZEEP: Final = Tool("zeep", _python("zeep"), "make setup")
SPYNE: Final = Tool("spyne", _python("spyne"), "make setup")
