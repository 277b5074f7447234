"""What the log says about a command that failed: the error, and its line in your file."""

import logging

from botlib.details.texts import escape_control_characters


def log_failure(command: str, function: object, error: BaseException) -> None:
    """Log why a command failed, and where."""
    code = getattr(function, "__code__", None)  # where a command was written, if in Python
    line = error_location(error, code.co_filename, code.co_firstlineno) if code else ""
    # The error may quote the message, and that may hold escape sequences for a terminal.
    why = escape_control_characters(f"{error}{line}")
    logging.getLogger("botlib.bot").error("%s failed: %s: %s", command, type(error).__name__, why)


def error_location(error: BaseException, file: str, line: int) -> str:
    """Say where in `file` an error came up, as " (main.py, line 7)"; `line` if it was elsewhere."""
    trace = error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename == file:
            line = trace.tb_lineno
        trace = trace.tb_next
    return f" ({file.replace(chr(92), '/').rpartition('/')[2]}, line {line})"
