"""The command line: ``pophub <noun> <verb>``. Each command stands in hub/control_bus; here they only get their names.

Data goes to stdout, everything else to stderr. Exit codes: 0 done · 1 something is wrong · 2 could not be carried out.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from hub.control_bus import batch, contracts, installation, message, schedule, spoke
from hub.control_bus.doctor import doctor
from hub.control_bus.loading import WithAdapters
from hub.control_bus.refusals import explain
from hub.control_bus.routes import routes
from hub.control_bus.serving import demo, serve, simulate

EPILOG = "退出码 Exit codes: 0 完成 done · 1 有问题 something is wrong · 2 无法执行 could not be carried out"
app = typer.Typer(
    cls=WithAdapters,
    help="人口信息交换枢纽 Population exchange hub.",
    epilog=EPILOG,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback()
def _everywhere(
    home: Annotated[
        Path | None, typer.Option(help="主目录；默认 $POPHUB_HOME 或 ./var The home folder.", show_default=False)
    ] = None,
) -> None:
    if home is not None:
        os.environ["POPHUB_HOME"] = str(home)


app.command()(installation.init)
app.command()(serve)
app.command()(installation.check)
app.command()(routes)
app.command()(doctor)
app.command()(simulate)
app.command()(demo)
app.add_typer(message.app, name="message")
app.add_typer(batch.app, name="batch")
app.add_typer(schedule.app, name="schedule")
app.add_typer(spoke.app, name="spoke")
app.add_typer(contracts.app, name="contracts")


def main() -> None:
    """Run a command; whatever it raises becomes a sentence and an exit code, never a stack trace."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        app(prog_name="pophub")
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except BrokenPipeError:
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except Exception as fault:  # noqa: BLE001 - the last door: the operator gets a sentence
        said, code = explain(fault)
        typer.echo(str(said), err=True)
        raise SystemExit(code) from None


if __name__ == "__main__":
    main()
