"""The hub on another Python: its locked dependencies, the whole proof, a small demo day. ``python smoke.py 3.12`` (make versions).

Only interpreters that are here are used, none is fetched. Runs on the standard library alone.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MESSAGES = 60
VERSIONS = ("3.12", "3.13")


def interpreter(version: str) -> str | None:
    """A Python of this version that starts: on the path, or one of pyenv's or uv's."""
    homes = (Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions", Path.home() / ".local/share/uv/python")
    found = [
        shutil.which(f"python{version}"),
        *(str(p) for h in homes for p in sorted(h.glob(f"*{version}*/bin/python{version}"), reverse=True)),
    ]
    return next((p for p in found if p and _says(p) == version), None)


def _says(python: str) -> str:
    asked = [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    try:
        return subprocess.run(asked, capture_output=True, text=True, timeout=30, check=False).stdout.strip()
    except OSError:
        return ""


def smoke(python: str, place: Path) -> str:
    """What went wrong, empty when nothing did."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("POPHUB_", "PYTHON", "VIRTUAL_ENV"))}
    own = str(place / "venv/bin/python")
    steps = (
        [python, "-m", "venv", str(place / "venv")],
        [
            own,
            "-m",
            "pip",
            "install",
            "-q",
            "--disable-pip-version-check",
            "--require-hashes",
            "-r",
            str(ROOT / "requirements.lock"),
        ],
        [own, "-m", "hub", "check"],
        [
            own,
            "-W",
            "error::SyntaxWarning",
            "-m",
            "hub",
            "demo",
            "--once",
            "--json",
            "--messages",
            str(MESSAGES),
            "--ports",
            _ports(),
        ],
    )
    for step in steps:
        told = {"PYTHONPATH": str(ROOT), "POPHUB_HOME": str(place / "home"), "POPHUB_PROFILE": "legacy"} if "hub" in step else {}
        done = subprocess.run(step, env={**env, **told}, capture_output=True, text=True, timeout=600, check=False, cwd=place)
        if done.returncode:
            return f"{' '.join(step[1:5])}: {done.stdout[-1500:]}{done.stderr[-3000:]}"
    return ""


def _ports() -> str:
    """Four free ports below those the system hands out itself."""
    found: list[str] = []
    for port in range(23_000 + os.getpid() % 4_000, 31_000):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                found.append(str(port))
        if len(found) == 4:
            break
    return ",".join(found)


def main(versions: tuple[str, ...]) -> int:
    """One line a version; 1 when one of those that are here fails."""
    failed = False
    for version in versions:
        python = interpreter(version)
        if python is None:
            print(f"skip Python {version}: not installed here (uv python install {version})")
            continue
        with tempfile.TemporaryDirectory(prefix=f"pophub-{version}-") as place:
            wrong = smoke(python, Path(place))
        failed = failed or bool(wrong)
        print(
            f"FAIL Python {version}: {wrong}" if wrong else f"ok   Python {version}: check and a demo day of {MESSAGES} enquiries",
            flush=True,
        )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(tuple(sys.argv[1:]) or VERSIONS))
