"""Client and server programs made ready to run: stubs generated from a contract, compiled in a folder that goes away."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.interop import tools

_HERE: Final = Path(__file__).parent


@dataclass(frozen=True)
class Program:
    """A command and the variables it needs beside those of this process."""

    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)

    def environ(self, **more: str) -> dict[str, str]:
        """Its whole environment."""
        return {**os.environ, **self.environment, **more}


Make = Callable[[str, Path, str], Program]
"""Makes a program ready: (address or file of the contract, an empty folder, SOAP version)."""


def script(*command: str, **environment: str) -> Make:
    """A program that reads the contract when it runs. The last word is its file, relative to this folder."""
    return lambda _contract, _folder, _version: Program((*command[:-1], str(_HERE / command[-1])), environment)


def php(file: str) -> Make:
    """A PHP script."""
    return script("php", file)


def node(file: str) -> Make:
    """A Node script, which finds npm's packages."""
    return script("node", file, NODE_PATH=str(tools.NODE_HOME / "node_modules"))


def python(file: str) -> Make:
    """A Python script."""
    return script(sys.executable, file, PYTHONPATH=str(tools.ROOT))


def java(file: str) -> Make:
    """A Java class, compiled with the stubs that wsimport makes."""

    def make(contract: str, folder: Path, _version: str) -> Program:
        path, stubs, classes = tools.class_path(), folder / "stubs", folder / "classes"
        stubs.mkdir()
        classes.mkdir()
        started = ("java", *tools.JAVA_OPTIONS, "-cp")
        _run(*started, path, "com.sun.tools.ws.WsImport", "-extension", "-XadditionalHeaders", "-Xnocompile", "-encoding", "UTF-8",
             "-s", stubs, contract, folder=folder)  # fmt: skip
        sources = [*stubs.rglob("*.java"), _HERE / file]
        _run("javac", "-encoding", "UTF-8", "-nowarn", "-cp", path, "-d", classes, *sources, folder=folder)
        return Program((*started, os.pathsep.join((str(classes), path)), Path(file).stem))

    return make


def gsoap(file: str, role: str) -> Make:
    """A C program, compiled with the stubs that wsdl2h and soapcpp2 make. ``role`` is Client or Server."""

    def make(contract: str, folder: Path, version: str) -> Program:
        source = _HERE / file
        types, one = source.with_name("typemap.dat"), role[0]
        _run("wsdl2h", "-c", "-s", "-t", types, "-o", "hub.h", contract, folder=folder)
        _run("soapcpp2", "-2" if version == "1.2" else "-1", "-c", f"-{one}", "-x", "-L", "-w", "hub.h", folder=folder)
        _run("gcc", "-o", "program", f"-I{folder}", source, "soapC.c", f"soap{role}.c", "-lgsoap", folder=folder)
        return Program((str(folder / "program"),))

    return make


def _run(*command: str | Path, folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, f"{command[0]}: {(done.stdout + done.stderr)[-3000:]}"
