"""The home folder and its keys: there, and readable by their owner alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hub.control_bus.diagnosis.finding import Finding
from hub.settings import Settings

_OTHERS = 0o077
_INIT = "请运行 pophub init。 Run 'pophub init'."


def keys(settings: Settings) -> Iterator[Finding]:
    """``keys/`` is 0700, each key 0600; the receipt key, a key-encryption key and at least one index key exist."""
    folder = settings.home / "keys"
    if not folder.is_dir():
        yield Finding("fail", "keys", f"没有密钥文件夹 {folder}。", "there are no keys.", _INIT)
        return
    wanted = [folder / "kek", folder / "receipt", *(sorted(folder.glob("index-*")) or [folder / "index-1"])]
    missing = [f.name for f in wanted if not f.exists()]
    if missing:
        yield Finding("fail", "keys", f"缺少密钥 {' '.join(missing)}。", f"missing: {' '.join(missing)}.", _INIT)
    open_to_others = [f for f in (folder, *sorted(p for p in folder.rglob("*") if p.is_file())) if _mode(f) & _OTHERS]
    for file in open_to_others:
        shown = f"{file} ({_mode(file):04o})"
        yield Finding(
            "fail",
            "keys",
            f"他人可读：{shown}。",
            f"others may read {shown}.",
            f"chmod {'0700' if file.is_dir() else '0600'} {file}",
        )
    if not missing and not open_to_others:
        yield Finding("ok", "keys", f"{len(wanted)} 把密钥，仅属主可读。", f"{len(wanted)} keys, readable by their owner alone.")


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o777
