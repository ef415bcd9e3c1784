"""Who is ready: each child writes a beacon once a second; the parent serves the admin port."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

from hub.settings import Settings

if TYPE_CHECKING:
    from hub.processes.exposition import Exposition

FRESH_SECONDS = 10.0


class Beacon:
    """Touches ``run/<role>.ready`` once a second while the process works."""

    def __init__(self, home: Path, role: str) -> None:
        self._file = home / "run" / f"{role}.ready"
        self._stop = threading.Event()
        self._write()
        threading.Thread(target=self._run, name="beacon", daemon=True).start()

    def _run(self) -> None:
        while not self._stop.wait(1.0):
            self._write()

    def _write(self) -> None:
        self._file.write_text(json.dumps({"pid": os.getpid(), "at": time.time()}), encoding="ascii")

    def close(self) -> None:
        """Not ready any more."""
        self._stop.set()
        with contextlib.suppress(FileNotFoundError):
            self._file.unlink()


def engine_ready(home: Path) -> bool:
    """Whether the engine's beacon is fresh and its process lives."""
    try:
        said = json.loads((home / "run" / "engine.ready").read_text(encoding="ascii"))
        os.kill(int(said["pid"]), 0)
    except (OSError, ValueError, KeyError):
        return False
    return time.time() - float(said["at"]) < FRESH_SECONDS


def edge_ready(settings: Settings) -> bool:
    """Whether the edge answers."""
    connection = http.client.HTTPConnection(settings.host, settings.edge_port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


class _Figures:
    """The exposition, made when somebody first asks: a parent that nobody scrapes stays small."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._lock = settings, threading.Lock()
        self._exposition: Exposition | None = None

    def text(self, accept: str) -> tuple[bytes, str]:
        """The figures and their media type."""
        from hub.processes.exposition import Exposition  # noqa: PLC0415 - as above

        with self._lock:
            self._exposition = self._exposition or Exposition(self._settings)
        return self._exposition.text(accept)


def admin_server(settings: Settings) -> ThreadingHTTPServer:
    """The admin port: ``/healthz`` (the parent lives), ``/readyz`` (edge and engine work), ``/metrics`` (Prometheus)."""
    figures = _Figures(settings)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/metrics":
                self._answer(200, *figures.text(self.headers.get("Accept", "")))
                return
            parts = {"edge": edge_ready(settings), "engine": engine_ready(settings.home)} if self.path == "/readyz" else {}
            known = self.path in ("/healthz", "/readyz")
            status = (200 if all(parts.values()) else 503) if known else 404
            body = json.dumps({"status": "ok" if status == http.HTTPStatus.OK else "not ready", **parts}).encode()
            self._answer(status, body, "application/json")

        def _answer(self, status: int, body: bytes, media_type: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            """No access log."""

    server = ThreadingHTTPServer((settings.admin_host, settings.admin_port), Handler)
    server.daemon_threads = True
    return server
