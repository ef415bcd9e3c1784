"""Finds adapters, flows and schemas by folder: beside the hub package and in every folder of ``POPHUB_PATH``."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import TypeVar

import adapters  # the room itself, not what stands in it
import routes
from hub.catalogue import Catalogue
from hub.contract.adapter import Adapter
from hub.contract.flow import Flow

PACKAGE_ROOT = Path(__file__).resolve().parent.parent


_Named = TypeVar("_Named", Adapter, Flow)


@dataclass
class Found:
    """What was found and what could not be loaded (``faults``: one sentence each)."""

    adapters: list[Adapter] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    folders: dict[str, Path] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue of what could be loaded."""
        return Catalogue(tuple(self.adapters), tuple(self.flows))


def discover(folders: Sequence[Path]) -> Found:
    """Load every adapter and flow. A broken package is a fault, not a crash."""
    found = Found()
    for module, folder in _packages(adapters, folders):
        _load(found, module, folder, "ADAPTER", Adapter, found.adapters)
    for module, folder in _packages(routes, folders):
        _load(found, module, folder, "FLOW", Flow, found.flows)
    return found


def schema_roots(folders: Sequence[Path]) -> tuple[Path, ...]:
    """The schemas folders: the package's own first."""
    return tuple(p for p in (PACKAGE_ROOT / "schemas", *(f / "schemas" for f in folders)) if p.is_dir())


def load_by_name(module: str) -> ModuleType:
    """A module that the product itself never imports: a simulator, the demonstration. Raises ImportError."""
    return importlib.import_module(module)


def _packages(room: ModuleType, folders: Sequence[Path]) -> Iterator[tuple[str, Path]]:
    """Module name and folder of every package in a room, further folders included."""
    for extra in folders:
        place = str(extra / room.__name__)
        if Path(place).is_dir() and place not in room.__path__:
            room.__path__.append(place)
    for path in list(room.__path__):
        for folder in sorted(Path(path).iterdir()):
            if (folder / "__init__.py").exists():
                yield f"{room.__name__}.{folder.name}", folder


def _load(found: Found, module: str, folder: Path, attribute: str, kind: type[_Named], shelf: list[_Named]) -> None:
    try:
        value = getattr(importlib.import_module(module), attribute)
    except AttributeError:
        found.faults.append(f"{module}: exports no {attribute}")
        return
    except Exception as fault:  # noqa: BLE001 - any broken package is one line of the report
        found.faults.append(f"{module}: cannot be imported: {type(fault).__name__}: {fault}")
        return
    if not isinstance(value, kind):
        found.faults.append(f"{module}: {attribute} is not {kind.__name__}")
        return
    if value.name != folder.name:
        found.faults.append(f"{module}: is named {value.name!r} but stands in folder {folder.name!r}")
    shelf.append(value)
    found.folders[module] = folder
