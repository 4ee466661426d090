"""The codes of everything that can be wrong with what a user asks for, each with its meaning: one table.

A plugin's own rules have codes of the plugin's own.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Code(StrEnum):
    """Identifies a rule. Stable: scripts may rely on it."""

    # The text of a document
    INVALID_SYNTAX = "INVALID_SYNTAX"
    DUPLICATE_KEY = "DUPLICATE_KEY"
    DOCUMENT_TOO_LARGE = "DOCUMENT_TOO_LARGE"
    UNREADABLE_DOCUMENT = "UNREADABLE_DOCUMENT"
    # Its structure
    UNKNOWN_KEY = "UNKNOWN_KEY"
    MISSING_KEY = "MISSING_KEY"
    WRONG_TYPE = "WRONG_TYPE"
    NOT_ALLOWED = "NOT_ALLOWED"
    INVALID = "INVALID"
    UNSUPPORTED_SCHEMA_VERSION = "UNSUPPORTED_SCHEMA_VERSION"
    NOT_YET_SUPPORTED = "NOT_YET_SUPPORTED"
    # Names
    INVALID_NAME = "INVALID_NAME"
    HOST_NAME_TOO_LONG = "HOST_NAME_TOO_LONG"
    NAME_TAKEN = "NAME_TAKEN"
    # Plugins
    PLUGIN_NOT_FOUND = "PLUGIN_NOT_FOUND"
    PLUGIN_NOT_ENABLED = "PLUGIN_NOT_ENABLED"
    PLUGIN_REJECTED = "PLUGIN_REJECTED"
    PLUGIN_CONFLICT = "PLUGIN_CONFLICT"
    VERSION_NOT_FOUND = "VERSION_NOT_FOUND"
    VERSION_NOT_ENABLED = "VERSION_NOT_ENABLED"
    AUXILIARY_NOT_FOUND = "AUXILIARY_NOT_FOUND"
    AUXILIARY_DOES_NOT_EXTEND = "AUXILIARY_DOES_NOT_EXTEND"
    AUXILIARY_IS_PLUGIN = "AUXILIARY_IS_PLUGIN"
    DUPLICATE_AUXILIARY = "DUPLICATE_AUXILIARY"
    PROVIDER_NOT_FOUND = "PROVIDER_NOT_FOUND"
    # Node groups
    NO_NODE_GROUPS = "NO_NODE_GROUPS"
    DUPLICATE_NODE_GROUP = "DUPLICATE_NODE_GROUP"
    OUT_OF_RANGE = "OUT_OF_RANGE"
    NO_INSTANCES = "NO_INSTANCES"
    VOLUMES_WITHOUT_SIZE = "VOLUMES_WITHOUT_SIZE"
    # Processes
    UNKNOWN_PROCESS = "UNKNOWN_PROCESS"
    DUPLICATE_PROCESS = "DUPLICATE_PROCESS"
    # Configs
    UNKNOWN_TARGET = "UNKNOWN_TARGET"
    UNKNOWN_CONFIG = "UNKNOWN_CONFIG"
    WRONG_SCOPE = "WRONG_SCOPE"
    INVALID_CONFIG_VALUE = "INVALID_CONFIG_VALUE"
    MISSING_CONFIG = "MISSING_CONFIG"
    SERVICE_NOT_USED = "SERVICE_NOT_USED"
    # Scaling
    UNKNOWN_NODE_GROUP = "UNKNOWN_NODE_GROUP"
    NOTHING_TO_SCALE = "NOTHING_TO_SCALE"
    SCALING_UNSUPPORTED = "SCALING_UNSUPPORTED"
    # Changing a cluster that runs
    IMMUTABLE_FIELD = "IMMUTABLE_FIELD"
    IMMUTABLE_CONFIG = "IMMUTABLE_CONFIG"
    REPLACEMENT_UNSUPPORTED = "REPLACEMENT_UNSUPPORTED"
    RECONFIGURATION_UNSUPPORTED = "RECONFIGURATION_UNSUPPORTED"
    NODE_GROUP_MISSING = "NODE_GROUP_MISSING"
    NODE_GROUP_ADDED = "NODE_GROUP_ADDED"
    MASKED_SECRET = "MASKED_SECRET"  # noqa: S105 - the name of a rule, no secret

    @property
    def meaning(self) -> str:
        """What is wrong when this code is given."""
        return MEANINGS[self]


MEANINGS: Final[Mapping[Code, str]] = {
    Code.INVALID_SYNTAX: "The text is neither YAML nor JSON, or holds several documents.",
    Code.DUPLICATE_KEY: "A mapping has the same key twice.",
    Code.DOCUMENT_TOO_LARGE: "The document, with its aliases expanded, has too many values or is nested too deeply.",
    Code.UNREADABLE_DOCUMENT: "The file does not exist, may not be read, is too large, or is not UTF-8 text.",
    Code.UNKNOWN_KEY: "No field has this name.",
    Code.MISSING_KEY: "A field that must be given is not.",
    Code.WRONG_TYPE: 'The value is of another type than the field. Nothing is converted: "2" is no integer.',
    Code.NOT_ALLOWED: "The value is none of those the field allows.",
    Code.INVALID: "The value breaks a rule of the field's type.",
    Code.UNSUPPORTED_SCHEMA_VERSION: "The document was written for another version of Serai.",
    Code.NOT_YET_SUPPORTED: "The field is part of the object model, and this version does not act on it.",
    Code.INVALID_NAME: "The name cannot be part of a host name, or is too long.",
    Code.HOST_NAME_TOO_LONG: "<cluster>-<node group>-<index> would be longer than a host name may be.",
    Code.NAME_TAKEN: "Another cluster has this name.",
    Code.PLUGIN_NOT_FOUND: "No installed provisioning plugin has this name.",
    Code.PLUGIN_NOT_ENABLED: "The plugin's labels say that it is not enabled.",
    Code.PLUGIN_REJECTED: "The plugin was found, and cannot be loaded or breaks the contract.",
    Code.PLUGIN_CONFLICT: "Two plugins of the cluster declare the same thing.",
    Code.VERSION_NOT_FOUND: "The plugin has no such version.",
    Code.VERSION_NOT_ENABLED: "The plugin's labels say that this version is not enabled.",
    Code.AUXILIARY_NOT_FOUND: "No installed auxiliary plugin has this name.",
    Code.AUXILIARY_DOES_NOT_EXTEND: "The auxiliary plugin does not fit the provisioning plugin or its version.",
    Code.AUXILIARY_IS_PLUGIN: "The cluster's provisioning plugin is listed among the auxiliary ones.",
    Code.DUPLICATE_AUXILIARY: "An auxiliary plugin is listed twice.",
    Code.PROVIDER_NOT_FOUND: "No installed infrastructure provider has this name.",
    Code.NO_NODE_GROUPS: "The cluster has no node group.",
    Code.DUPLICATE_NODE_GROUP: "Two node groups have names that differ at most in case.",
    Code.OUT_OF_RANGE: "A number is less or more than allowed.",
    Code.NO_INSTANCES: "All node groups together have no instance.",
    Code.VOLUMES_WITHOUT_SIZE: "Volumes are asked for, and not how large they are.",
    Code.UNKNOWN_PROCESS: "No plugin of the cluster has this process.",
    Code.DUPLICATE_PROCESS: "A process is listed twice.",
    Code.UNKNOWN_TARGET: "No config of the cluster's plugins has this applicable target.",
    Code.UNKNOWN_CONFIG: "The target has no config of this name.",
    Code.WRONG_SCOPE: "A config of the whole cluster is set for a node group.",
    Code.INVALID_CONFIG_VALUE: "The value is not of the config's type, not among its values, or outside its limits.",
    Code.MISSING_CONFIG: "A config that has no default must be given, and is not.",
    Code.SERVICE_NOT_USED: "A service is configured of which no node group runs a process.",
    Code.UNKNOWN_NODE_GROUP: "The cluster has no node group of this name.",
    Code.NOTHING_TO_SCALE: "The cluster already is as it was asked to become.",
    Code.SCALING_UNSUPPORTED: "The cluster's plugins cannot grow or shrink it.",
    Code.IMMUTABLE_FIELD: "The field cannot change on a cluster that runs.",
    Code.IMMUTABLE_CONFIG: "The config's plugin declares no way to change it on a cluster that runs.",
    Code.REPLACEMENT_UNSUPPORTED: "The machines there are must be replaced, and the plugin cannot do that.",
    Code.RECONFIGURATION_UNSUPPORTED: "The config's plugin does not implement reconfigure_cluster.",
    Code.NODE_GROUP_MISSING: "A node group of the cluster is not in the document.",
    Code.NODE_GROUP_ADDED: "The cluster that runs has no such node group.",
    Code.MASKED_SECRET: "The value is the mask that stands for a secret where it is shown, and not the secret.",
}
