"""The little of curl that the sandbox's lines use, for a machine that has no curl."""

import argparse
import sys
import urllib.error
import urllib.request


def main():
    """Send what the command line says and print the answer's body."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("-d", action="append", default=[])
    parser.add_argument("-H", action="append", default=[])
    options = parser.parse_args()
    data = "&".join(options.d).encode() or None
    headers = dict(header.split(": ", 1) for header in options.H)
    request = urllib.request.Request(options.url, data, headers)
    try:
        with urllib.request.urlopen(request) as answer:
            sys.stdout.write(answer.read().decode())
    except urllib.error.HTTPError as refused:
        sys.stdout.write(refused.read().decode())


if __name__ == "__main__":
    main()
