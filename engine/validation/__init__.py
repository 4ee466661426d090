"""Validation: every error of a document, a cluster or a scaling at once, each with place, code, message and hint."""

from serai.engine.validation.examination import Examination, examine, validate_spec, validated_cluster
from serai.engine.validation.scaling import validate_scaling

__all__ = ["Examination", "examine", "validate_scaling", "validate_spec", "validated_cluster"]
