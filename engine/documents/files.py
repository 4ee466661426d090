"""Documents in files."""

from pathlib import Path
from typing import BinaryIO, Final

from serai.engine.documents.codes import Code
from serai.engine.documents.json_text import parse_json
from serai.engine.documents.text import Text
from serai.hookspec.errors import SeraiError

MAXIMUM_BYTES: Final = 8 * 1024 * 1024
"""As large as a document may be: an inventory of ten thousand hosts takes a quarter of it."""


def read_file(path: str | Path) -> Text:
    """Read a YAML or JSON file, or a pipe; JSON when its name ends in ``.json``.

    Raises:
        SeraiError: the file cannot be read, or is too large (code UNREADABLE_DOCUMENT).
    """
    file = Path(path)
    try:
        with file.open("rb") as stream:
            text = read_text(stream, str(file))
    except FileNotFoundError:
        raise _unreadable(path, "there is no such file", f"the current directory is {Path.cwd()}") from None
    except IsADirectoryError:
        raise _unreadable(path, "it is a directory", "name a file in it") from None
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error), "check its permissions") from None
    return parse(text, json_only=file.suffix.lower() == ".json")


def read_text(stream: BinaryIO, place: str) -> str:
    """Read the text of a document to its end; never more than a document may have, since a pipe may have no end.

    Args:
        stream: where it comes from.
        place: names that, in errors.

    Raises:
        SeraiError: it is too large, or no UTF-8 text (code UNREADABLE_DOCUMENT).
    """
    content = stream.read(MAXIMUM_BYTES + 1)
    if len(content) > MAXIMUM_BYTES:
        raise _unreadable(place, f"it is larger than {MAXIMUM_BYTES} bytes", "is it a document at all?")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable(place, f"it is not UTF-8 text (byte {error.start})", "save it as UTF-8") from None


def parse(text: str, *, json_only: bool = False) -> Text:
    """Parse a document.

    Args:
        text: YAML, or JSON; what begins with a brace and is valid JSON is read as JSON.
        json_only: whether it must be JSON.
    """
    if json_only:
        return parse_json(text)
    if text.lstrip().startswith("{") and (parsed := parse_json(text)).data is not None:
        return parsed
    from serai.engine.documents.yaml_text import parse_yaml

    return parse_yaml(text)


def _unreadable(place: str | Path, reason: str, hint: str) -> SeraiError:
    return SeraiError(f"cannot be read: {reason}", code=Code.UNREADABLE_DOCUMENT.value, place=str(place), hint=hint)
