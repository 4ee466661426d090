"""The command diagnose: one archive for whoever is to find out what went wrong."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from serai.engine.cli.blocks import Fields, Text
from serai.engine.cli.doctor_command import examine
from serai.engine.cli.documents import document_of
from serai.engine.cli.options import SeraiCommand, with_session
from serai.engine.cli.session import Session

if TYPE_CHECKING:
    from serai.engine.diagnosis.diagnosing import Diagnosis

_LOG_BYTES: Final = 1024 * 1024


@click.command(cls=SeraiCommand)
@click.argument("name")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The archive to write.  [default: serai-NAME-TIME.tar.gz]",
)
@with_session
def diagnose(session: Session, name: str, output: Path | None) -> None:
    """Write one archive that tells what went wrong.

    Operations, events, health, facts and logs of the machines, versions, the doctor's findings. Secrets are masked.
    Works whatever is broken; what could not be had is told in it.
    """
    clusters = session.engine.clusters
    path = output or Path(f"serai-{name}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.tar.gz")
    session.say(f"looking at {name}, which takes two minutes at most")
    diagnosis = clusters.diagnose(name, path, _attachments(session))
    session.answer(lambda: document_of(diagnosis), lambda: _told(diagnosis))


def _attachments(session: Session) -> dict[str, str]:
    texts = {"doctor.json": json.dumps(document_of(examine(session)), indent=2, ensure_ascii=False)}
    if session.log_file is not None and session.log_file.exists():
        texts["engine.log"] = _end_of(session.log_file)
    return texts


def _end_of(path: Path) -> str:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _LOG_BYTES))
        return file.read().decode("utf-8", "backslashreplace")


def _told(diagnosis: "Diagnosis") -> list[Text | Fields]:
    told: list[Text | Fields] = [
        Text(f"wrote {diagnosis.path}, {len(diagnosis.files)} files; README.txt says what they are")
    ]
    if diagnosis.missing:
        told += [Text("could not be had:"), Fields(diagnosis.missing.items())]
    return told
