"""Build into no folder that holds other files than those of an earlier build."""

import sys
from pathlib import Path


def check_own_folder(target: Path, built: str, beside: str = "") -> None:
    """End the program if a folder to build into holds files that this command did not build.

    `built` is a file that each of its builds has. Something that is called `beside` may be there
    without that file.
    """
    is_folder = target.is_dir()
    others = [path for path in target.iterdir() if path.name != beside] if is_folder else [target]
    if target.exists() and others and not (target / built).is_file():
        sys.exit(
            f"{target} is there already, and this command did not build it. Move it, or choose "
            "another folder."
        )
