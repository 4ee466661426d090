"""What differs from machine to machine, such as addresses and directories, and what stands for it in a transcript."""

import re
from typing import Final

from serai.hookspec.cluster import Instance
from serai.hookspec.facts import Facts
from serai.hookspec.remote import Layout

OPENING: Final = "@{"
"""What a placeholder begins with; where a text has it of its own, ``@{}`` stands for it."""

_OWN: Final = ("prefix", "home", "hostname", "python")
"""What several machines may have alike: each calls it its own."""

_PLACEHOLDER: Final = re.compile(r"@\{([^{}]*)\}")
_SHORTEST: Final = 3
"""Characters of the shortest value that is looked for: shorter ones, such as ``/``, are in everything."""

_NAMED: Final = r"(?<![A-Za-z0-9]){}(?![A-Za-z0-9])"
_ADDRESS: Final = r"(?<![\w.:]){}(?!\w|\.\d)"
_DIRECTORY: Final = r"{}(?![\w-])"
_HOME: Final = r"(?<![\w.-]){}(?![\w-])"


def role_of(instance: Instance) -> str:
    """What an instance is called in transcripts: its node group and its number, as ``workers-1``."""
    return instance.instance_name.lower().removeprefix(f"{instance.node_group.cluster.name}-".lower())


class Places:
    """The machines of one cluster: their values, and the placeholders for them.

    :meth:`show` undoes :meth:`hide`, whatever the text. What was once learned stays known: texts tell of machines that
    are gone.
    """

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._values: dict[str, str] = {}
        self._forms: dict[str, str] = {}
        self._pattern: re.Pattern[str] | None = None

    def learn(self, instance: Instance, layout: Layout) -> str:
        """Get to know a machine of the cluster; returns its role."""
        role = role_of(instance)
        self._keep(role, instance.instance_name, _NAMED)
        self._keep(f"{role}.fqdn", instance.fqdn, _NAMED)
        self._keep(f"{role}.address", instance.internal_ip, _ADDRESS)
        self._keep(f"{role}.management", instance.management_ip, _ADDRESS)
        self._keep(f"{role}.prefix", layout.prefix, _DIRECTORY)
        return role

    def learn_facts(self, role: str, facts: Facts) -> None:
        """Get to know a machine's own name, its Python, its login's home. A name of letters alone could be any word."""
        if not facts.hostname.isalpha():
            self._keep(f"{role}.hostname", facts.hostname, _NAMED)
        self._keep(f"{role}.python", facts.python, _DIRECTORY)
        self.learn_home(role, facts.home)

    def learn_home(self, role: str, home: str) -> None:
        """Get to know a login's directory."""
        self._keep(f"{role}.home", home, _HOME)

    def learn_artifact(self, label: str, directory: str) -> None:
        """Get to know where an artifact is on machines."""
        self._keep(f"artifact.{label}", directory, _DIRECTORY)

    def hide(self, text: str, role: str = "") -> str:
        """A text with placeholders for values.

        Args:
            text: any.
            role: whose text it is: what is this machine's own is simply ``@{prefix}``, ``@{home}``, ``@{python}``…
        """
        own = {self._values.get(f"{role}.{name}"): name for name in _OWN}

        def stand_in(found: re.Match[str]) -> str:
            name = "" if found[0] == OPENING else self._names[found[0]]
            return f"@{{{own.get(found[0], name) if name.partition('.')[2] in _OWN else name}}}"

        return self._known().sub(stand_in, text)

    def show(self, text: str, role: str = "") -> str:
        """A text with the values in the places of placeholders; one that nothing is known of stays as it is."""

        def value(found: re.Match[str]) -> str:
            name = f"{role}.{found[1]}" if found[1] in _OWN else found[1]
            return self._values.get(name, found[0]) if name else OPENING

        return _PLACEHOLDER.sub(value, text)

    def _keep(self, name: str, value: str, form: str) -> None:
        former = self._values.get(name)
        if len(value) < _SHORTEST or OPENING in value or former == value:
            return
        if former is not None and self._names.get(former) == name:
            del self._names[former], self._forms[former]
        self._values[name] = value
        role, _, what = name.partition(".")
        holder = self._names.get(value, "").partition(".")[0]
        if not holder or (holder != role and what not in _OWN):  # an address may come back with another machine
            self._names[value], self._forms[value] = name, form
        self._pattern = None

    def _known(self) -> re.Pattern[str]:
        if self._pattern is None:
            longest_first = sorted(self._names, key=lambda value: (-len(value), value))
            forms = [self._forms[value].format(re.escape(value)) for value in longest_first]
            self._pattern = re.compile("|".join([re.escape(OPENING), *forms]))
        return self._pattern
