"""Run an untouched TwitchIO 3 bot against the sandbox: python -m bot_sandbox.twitchio FILE …

    --api URL    the Twitch to use; without it the environment variable TWITCH_API counts

The bot's file needs no line for the sandbox: what you test is what you deploy. What comes after
the file are the bot's own arguments.
"""

import argparse
import os
import runpy
import sys
from pathlib import Path
from urllib.parse import urlsplit


def main(arguments: list[str] | None = None) -> None:
    """Point TwitchIO at the sandbox and run the file as a program, or exit with the reason."""
    parser = argparse.ArgumentParser(
        "python -m bot_sandbox.twitchio", description="run a TwitchIO bot against the sandbox"
    )
    parser.add_argument("--api", default=os.environ.get("TWITCH_API", ""), metavar="URL")
    parser.add_argument("file", type=Path)
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    options = parser.parse_args(arguments)
    if urlsplit(options.api).scheme not in ("http", "https"):
        parser.error(
            f"the sandbox's address is {options.api!r}. Expected http://127.0.0.1:PORT, as the "
            "sandbox prints it, in --api or in TWITCH_API."
        )
    if not options.file.is_file():
        parser.error(f"there is no file {options.file}")
    point_at(options.api.rstrip("/"))
    # As `python FILE` does it: its own arguments, and its folder first on the path.
    sys.argv = [str(options.file), *options.arguments]
    sys.path.insert(0, str(options.file.resolve().parent))
    runpy.run_path(str(options.file), run_name="__main__")


def point_at(url: str) -> None:
    """Set the addresses of TwitchIO 3, for this whole process."""
    try:
        import twitchio.eventsub.websockets
        from twitchio.http import Route
    except ImportError as error:
        raise SystemExit(
            f"TwitchIO is not installed ({error}). Type: pip install twitchio"
        ) from None
    Route.BASE, Route.ID_BASE = f"{url}/helix/", f"{url}/"
    twitchio.eventsub.websockets.WSS = f"{url.replace('http', 'ws', 1)}/ws"


if __name__ == "__main__":
    main()
