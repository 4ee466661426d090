"""Documents in files."""

from pathlib import Path

from serai.engine.documents.codes import Code
from serai.engine.documents.json_text import parse_json
from serai.engine.documents.text import Text
from serai.hookspec.errors import SeraiError


def read_file(path: str | Path) -> Text:
    """Read a YAML or JSON file; JSON when its name ends in ``.json``.

    Raises:
        SeraiError: the file cannot be read (code UNREADABLE_DOCUMENT).
    """
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise _unreadable(file, "there is no such file", f"the current directory is {Path.cwd()}") from None
    except IsADirectoryError:
        raise _unreadable(file, "it is a directory", "name a file in it") from None
    except UnicodeDecodeError as error:
        raise _unreadable(file, f"it is not UTF-8 text (byte {error.start})", "save it as UTF-8") from None
    except OSError as error:
        raise _unreadable(file, error.strerror or str(error), "check its permissions") from None
    return parse(text, json_only=file.suffix.lower() == ".json")


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


def _unreadable(file: Path, reason: str, hint: str) -> SeraiError:
    return SeraiError(f"cannot be read: {reason}", code=Code.UNREADABLE_DOCUMENT.value, place=str(file), hint=hint)
