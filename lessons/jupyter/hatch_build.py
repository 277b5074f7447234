"""Part of building the course's package: an editable installation enables lessons/own_copies.py.

An ordinary installation has no lessons.
"""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class EditableHook(BuildHookInterface[Any]):
    """Gives an editable installation the settings for Jupyter's server."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the files that the environment gets; hatchling calls this before it builds."""
        if version == "editable":
            folder = "jupyter_server_config.d"
            build_data["shared_data"][f"lessons/jupyter/{folder}"] = f"etc/jupyter/{folder}"
