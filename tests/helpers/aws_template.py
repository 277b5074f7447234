"""The template of deploy/aws, as CloudFormation reads it."""

import json
import re
from pathlib import Path
from typing import Any

import yaml

TEMPLATE = Path(__file__).parents[2] / "deploy/aws/template.yaml"


class Template(yaml.SafeLoader):
    """Reads CloudFormation's own tags, such as !Ref, as {tag: value}."""


def _tag(loader, suffix, node):
    kinds = {yaml.ScalarNode: loader.construct_scalar, yaml.SequenceNode: loader.construct_sequence}
    return {suffix: kinds.get(type(node), loader.construct_mapping)(node)}


Template.add_multi_constructor("!", _tag)


def load_template() -> dict[str, Any]:
    """Read the template."""
    return yaml.load(TEMPLATE.read_text(encoding="utf-8"), Template)


def timer_of(parameters: dict[str, str]) -> tuple[str, str, dict[str, str]]:
    """Return the timer of a stack with these parameters: when, its time zone, its payload."""
    timer = load_template()["Resources"]["Timer"]["Properties"]
    payload = re.sub(
        r"\$\{(\w+)\}", lambda name: parameters[name[1]], timer["Target"]["Input"]["Sub"]
    )
    when, zone = timer["ScheduleExpression"]["Ref"], timer["ScheduleExpressionTimezone"]["Ref"]
    return parameters[when], parameters[zone], json.loads(payload)
