"""spyne 2.14, importable on Python 3.12 and newer, and mute. The only place that imports spyne.

spyne vendors six 1.14, whose lazy modules use the importer protocol that Python 3.12 removed (arskom/spyne issues 700
and 708); the finder below answers for them on every version. spyne's loggers write whole messages when a call fails,
so that personal data would stand in clear in the log: none of them may say anything.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import logging
import sys
import warnings
from collections.abc import Sequence
from types import ModuleType
from typing import Final

_SIX: Final = "spyne.util.six"
_MOVES: Final = _SIX + ".moves"


class _Moves(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Hands out the modules that the vendored six has registered with its own, no longer understood, importer."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """A spec for ``spyne.util.six.moves`` and what lies below; None for everything else."""
        if fullname != _MOVES and not fullname.startswith(_MOVES + "."):
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=fullname == _MOVES)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        """The module six made for the name. Raises ImportError for a name it does not know."""
        found = sys.modules[_SIX]._importer.known_modules.get(spec.name)
        if found is None:
            raise ImportError(spec.name)
        module: ModuleType = found._resolve() if hasattr(found, "_resolve") else found
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Nothing: the module exists already."""


def silence() -> None:
    """Let no logger of spyne say anything, whatever the logging of the process is set to."""
    root = logging.getLogger("spyne")
    root.setLevel(logging.CRITICAL + 1)
    root.propagate = False
    if not root.handlers:
        root.addHandler(logging.NullHandler())


silence()
sys.meta_path.insert(0, _Moves())
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the deprecated cgi module, and six's own finder
    from spyne import Application, Fault, MethodContext, Service, rpc
    from spyne.error import ResourceNotFoundError
    from spyne.model.primitive import AnyXml
    from spyne.protocol.soap import Soap11, Soap12
    from spyne.server import ServerBase
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__module__ != _SIX]

__all__ = [
    "AnyXml",
    "Application",
    "Fault",
    "MethodContext",
    "ResourceNotFoundError",
    "ServerBase",
    "Service",
    "Soap11",
    "Soap12",
    "rpc",
    "silence",
]
