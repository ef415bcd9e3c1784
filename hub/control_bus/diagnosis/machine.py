"""The machine: disk, clock, working calendar, ports."""

from __future__ import annotations

import http.client
import shutil
import socket
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from hub.control_bus.check.gather import today
from hub.control_bus.diagnosis.finding import Finding
from hub.reference.calendar import WorkingCalendar, chinese_working_calendar
from hub.settings import Settings

_GIB = 1 << 30
_DISK_FAIL, _DISK_WARN = 1, 5
_LONGEST_LIMIT = timedelta(days=60)
_BUILT = datetime(2026, 1, 1, tzinfo=UTC)
_SECONDS = 2.0


def disk(settings: Settings) -> Iterator[Finding]:
    """Room for what will be accepted."""
    place = next(p for p in (settings.home.resolve(), *settings.home.resolve().parents) if p.exists())
    free = shutil.disk_usage(place).free / _GIB
    level = "fail" if free < _DISK_FAIL else "warn" if free < _DISK_WARN else "ok"
    advice = "" if level == "ok" else "请清理或扩容。 Make room."
    yield Finding(level, "disk", f"{place} 剩余 {free:.1f} GiB。", f"{free:.1f} GiB free.", advice)  # type: ignore[arg-type]


def clock(_settings: Settings) -> Iterator[Finding]:
    """The wall clock is not before this product was made."""
    now = datetime.now(UTC)
    if now < _BUILT:
        yield Finding(
            "fail",
            "clock",
            f"系统时间 {now:%Y-%m-%d} 不可能。",
            "the clock is before this product was made.",
            "请校时。 Set the clock.",
        )
    else:
        yield Finding("ok", "clock", f"{now + timedelta(hours=8):%Y-%m-%d %H:%M:%S}+08:00", "plausible.")


def calendar(_settings: Settings) -> Iterator[Finding]:
    """The holidays are known for every day on which an answer begun today may fall due."""
    yield covered(chinese_working_calendar(), today())


def covered(known: WorkingCalendar, day: date) -> Finding:
    """ok, warn when only a due date to come is beyond the calendar, fail when the day itself is."""
    said = f"{known.version}: {known.first_year}–{known.last_year}"
    advice = "请安装新版 chinesecalendar。 Install a newer chinesecalendar."
    if not known.covers(day.year):
        return Finding(
            "fail", "calendar", f"{day.year} 年的节假日未知（{said}）。", f"the holidays of {day.year} are not known.", advice
        )
    end = (day + _LONGEST_LIMIT).year
    if not known.covers(end):
        return Finding(
            "warn",
            "calendar",
            f"{end} 年的节假日未知，届时按周一至周五计（{said}）。",
            f"the holidays of {end} are not known yet.",
            advice,
        )
    return Finding("ok", "calendar", f"节假日已知（{said}）。", "the holidays are known.")


def ports(settings: Settings) -> Iterator[Finding]:
    """Each port is free, or served by the hub."""
    yield port_state("edge", settings.host, settings.edge_port, "/healthz")
    yield port_state("admin", settings.admin_host, settings.admin_port, "/readyz")


def port_state(name: str, host: str, port: int, path: str) -> Finding:
    """Free, served (and ready), served but not ready, or taken by something else."""
    what = f"port {port}"
    try:
        socket.create_connection((host, port), timeout=_SECONDS).close()
    except ConnectionRefusedError:
        return Finding("ok", what, f"{name} 端口空闲，枢纽未在运行。", f"{name}: free, the hub is not serving.")
    except OSError as fault:
        return Finding(
            "fail",
            what,
            f"{name} 端口不可用：{fault.strerror}。",
            f"{name}: cannot be used.",
            "请检查 host 与端口设置。 Check host and ports.",
        )
    status, said = _ask(host, port, path)
    if status == http.HTTPStatus.OK and b'"status"' in said:
        return Finding("ok", what, f"{name} 正在服务。", f"{name}: served.")
    if status == http.HTTPStatus.SERVICE_UNAVAILABLE and b'"status"' in said:
        return Finding(
            "fail",
            what,
            f"{name}：枢纽在运行但未就绪。",
            f"{name}: serving but not ready.",
            "请看 serve 的日志。 See the log of serve.",
        )
    return Finding(
        "fail",
        what,
        f"{name} 端口被其他程序占用。",
        f"{name}: taken by another program.",
        "请改端口或停掉该程序。 Change the port or stop it.",
    )


def _ask(host: str, port: int, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(host, port, timeout=_SECONDS)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read(4096)
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()
