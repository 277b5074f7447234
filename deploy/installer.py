"""Call pip or uv with nothing of this machine's settings but where packages come from.

Another setting could let an installer build a package, which runs its author's program, leave out
hashes, or install elsewhere. start.py uses this before it installs any package, so this needs only
the standard library.
"""

import ast
import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

# Where packages come from, the way there, and how long to wait. A proxy may have its variable, too.
KEPT_OF_PIP = (
    r"(extra-)?index-url|no-index|find-links|proxy|(client-)?cert|trusted-host|"
    r"(default-)?timeout|retries|(no-)?cache-dir|keyring-provider"
)
KEPT_OF_UV = (
    r"UV_(DEFAULT_INDEX|(EXTRA_)?INDEX\w*|NO_INDEX|FIND_LINKS|OFFLINE|HTTP_\w+|INSECURE_HOST|"
    r"(NO_)?CACHE(_DIR)?|NATIVE_TLS|SYSTEM_CERTS|KEYRING_PROVIDER)"
)


def uv_words(uv: str) -> list[str]:
    """Return the words that begin a call of uv's pip, without its files of settings."""
    return [uv, "--no-config", "pip"]


def environment_for(pip: Sequence[str | Path]) -> dict[str, str]:
    """Return the environment for a call of `pip`, such as `python -m pip`, or of uv.

    pip's `--isolated` would forget your own registry, too. So this reads what pip knows, from
    files and variables, and hands on only what is kept, as variables: an address may hold a secret.
    """
    listed = subprocess.run([*pip, "config", "list"], capture_output=True, text=True)
    found = re.findall(r"^(global|install|:env:)\.([\w-]+)=(['\"].*)$", listed.stdout, re.M)
    settings: dict[str, str] = {}
    for wanted in ("global", "install", ":env:"):  # the last one wins
        for place, name, value in found:
            if place == wanted and re.fullmatch(KEPT_OF_PIP, name):
                settings["PIP_" + name.replace("-", "_").upper()] = ast.literal_eval(value)
    others = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith(("PIP_", "UV_")) or re.fullmatch(KEPT_OF_UV, name)
    }
    # By https://pip.pypa.io/en/stable/topics/configuration this means: read no file.
    fixed = {"PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    return {**others, **settings, **fixed}
