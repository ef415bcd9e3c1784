"""Settings: ``pophub.toml`` in the home folder, overridden by ``POPHUB_*`` in the environment. Every fault is named at once."""

from __future__ import annotations

import os
import tomllib
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


class SettingsFault(Exception):
    """The settings cannot be used; the text lists every fault with its key."""


class SpokeSettings(BaseModel):
    """``[[spokes]]``: a business application to register when its name is unknown."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(pattern=r"^[a-z][a-z0-9-]{1,39}$")
    title: str
    system: str = Field(pattern=r"^[A-Z][A-Z0-9]{1,19}$")
    sends: list[str] = []
    receives: list[str] = []
    asks: list[str] = []
    places: list[str] = []
    push_url: str | None = None
    speaks: str | None = None


class BasisSettings(BaseModel):
    """``[basis.<flow>]``: the declared legal basis of a flow in production."""

    model_config = ConfigDict(extra="forbid")
    legal_document_no: str
    purpose: str
    approving_body: str
    retention_days: int = Field(gt=0)
    review_date: date
    valid_from: date
    fields: list[str] = []


class QuotaSettings(BaseModel):
    """``[quotas.<spoke>]``, ``[quotas.default]`` for all others. The defaults are assumed (假定): no agreement names figures."""

    model_config = ConfigDict(extra="forbid")
    per_minute: int = Field(default=60_000, ge=1)
    per_day: int = Field(default=5_000_000, ge=1)
    concurrent: int = Field(default=512, ge=1)


class CapSettings(BaseModel):
    """``[caps."<query>"]``: how much may be looked at, in place of what the query declares."""

    model_config = ConfigDict(extra="forbid")
    rows: int | None = Field(default=None, gt=0)
    user_day: int | None = Field(default=None, gt=0)
    spoke_day: int | None = Field(default=None, gt=0)
    subject_day: int | None = Field(default=None, gt=0)


class ScheduleSettings(BaseModel):
    """``[schedules."<name>"]``: the first period for which a schedule runs (month YYYYMM, day YYYYMMDD); without it, it is off."""

    model_config = ConfigDict(extra="forbid")
    since: str = Field(pattern=r"^20[0-9]{2}(0[1-9]|1[0-2])((0[1-9]|[12][0-9]|3[01]))?$")


class Settings(BaseSettings):
    """All settings with their defaults. Ports are on the loopback address unless ``host`` says otherwise.

    ``admin_host`` is apart: readiness and figures stay on loopback when the door opens to the network.
    """

    model_config = SettingsConfigDict(env_prefix="POPHUB_", extra="ignore", toml_file=None)
    home: Path = Path("var")
    profile: Literal["production", "legacy"] = "production"
    store: str = ""
    host: str = "127.0.0.1"
    admin_host: str = "127.0.0.1"
    edge_port: int = 8080
    admin_port: int = 8081
    public_url: str = ""
    own_cores: bool = True
    edge_threads: int = Field(default=16, ge=1, le=512)
    planner_batch: int = Field(default=64, ge=1, le=1000)
    lease_seconds: float = Field(default=30.0, gt=0)
    retry_first_seconds: float = Field(default=1.0, gt=0)
    retry_cap_seconds: float = Field(default=900.0, gt=0)
    answer_timeout_seconds: float = Field(default=10.0, gt=0)
    adapters: dict[str, dict[str, str]] = {}
    spokes: list[SpokeSettings] = []
    basis: dict[str, BasisSettings] = {}
    quotas: dict[str, QuotaSettings] = {}
    caps: dict[str, CapSettings] = {}
    schedules: dict[str, ScheduleSettings] = {}
    behind_tls: bool = False
    path: str = ""

    @property
    def store_url(self) -> str:
        """The SQLAlchemy URL of the store: SQLite in the home folder unless set."""
        return self.store or f"sqlite:///{self.home.resolve() / 'data' / 'pophub.db'}"

    @property
    def base_url(self) -> str:
        """The address that contracts print; never taken from a request."""
        return self.public_url or f"http://{self.host}:{self.edge_port}"

    @property
    def folders(self) -> tuple[Path, ...]:
        """Further folders (``POPHUB_PATH``) that may each hold adapters/, routes/ and schemas/."""
        return tuple(Path(p).resolve() for p in self.path.split(os.pathsep) if p)


def load(home: Path | None = None) -> Settings:
    """Read the settings. Raises `SettingsFault` with every fault, or when the hub would be reachable without protection."""
    place = home or Path(os.environ.get("POPHUB_HOME", "var"))
    file = place / "pophub.toml"
    try:
        found: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        for name in list(found):
            if f"POPHUB_{name.upper()}" in os.environ:
                del found[name]
        settings = Settings(**{**found, "home": place})
    except tomllib.TOMLDecodeError as fault:
        raise SettingsFault(f"pophub.toml: {fault}") from None
    except ValidationError as faults:
        lines = [f"pophub.toml: {'.'.join(str(p) for p in f['loc'])}: {f['msg']}" for f in faults.errors()]
        raise SettingsFault("\n".join(lines)) from None
    unknown = set(found) - set(Settings.model_fields)
    if unknown:
        raise SettingsFault(f"pophub.toml: unknown key(s): {', '.join(sorted(unknown))}")
    for name, host in (("host", settings.host), ("admin_host", settings.admin_host)):
        if host not in ("127.0.0.1", "::1", "localhost") and not settings.behind_tls:
            raise SettingsFault(
                f"{name}: an address beyond loopback needs TLS in front of it (set behind_tls when a proxy terminates it)"
            )
    return settings
