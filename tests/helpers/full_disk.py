"""A disk that becomes full: no file may grow larger than some bytes."""

from contextlib import contextmanager

import pytest


@contextmanager
def files_of_at_most(size):
    """Let the system refuse to write more bytes than this into a file."""
    resource = pytest.importorskip("resource", reason="POSIX limits the size of files")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
