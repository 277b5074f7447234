"""What only notebooks need: the %%save magic, charts, exercise checks, the learner's progress.

`%load_ext lessons` switches %%save and short errors on. What every notebook uses is here by its
name: `from lessons import Chat, bot_name, my_bot`. It is imported when it is asked for. Nothing
outside the notebooks imports from here.
"""

import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from lessons.chat import Chat
    from lessons.kept_work import your_work
    from lessons.learner_bot import bot_login, bot_name, my_bot
    from lessons.views import my_view
    from lessons.worlds.program import RunningProgram

__all__ = ["Chat", "RunningProgram", "bot_login", "bot_name", "my_bot", "my_view", "your_work"]
PLACES = {
    "Chat": "chat",
    "RunningProgram": "worlds.program",
    "bot_login": "learner_bot",
    "bot_name": "learner_bot",
    "my_bot": "learner_bot",
    "my_view": "views",
    "your_work": "kept_work",
}

COURSE = Path(__file__).resolve().parents[1]

# For botlib, which knows no course: where the `.env` of all bots is, and what to type. The copies
# of the notebooks are there, too. If a class shares the course, and may only read it: at home.
FOR_BOTLIB = {
    "BOTS_FOLDER": str(COURSE if os.access(COURSE, os.W_OK) else Path.home()),
    "BOT_COMMAND": "python3 start.py",
}
os.environ |= {name: FOR_BOTLIB[name] for name in FOR_BOTLIB if name not in os.environ}


def __getattr__(name: str) -> Any:
    """Import a name on first use, so that `%load_ext lessons` stays quick."""
    if name not in PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"lessons.{PLACES[name]}"), name)


def load_ipython_extension(shell: "InteractiveShell") -> None:
    """Register %%save and short errors; IPython calls this for `%load_ext lessons`."""
    from bot_sandbox.diagnosis.bot_log import add_bot_logger
    from botlib import bot
    from lessons.extension.errors import show_short_errors
    from lessons.extension.last_line import unindent_hint, warn_of_check_in_function
    from lessons.extension.save import save_cell, save_then_run
    from lessons.in_a_tab import IN_A_TAB, continue_after_expected_errors

    show_short_errors(shell)
    if IN_A_TAB:
        continue_after_expected_errors(shell)
        shell.Completer.use_jedi = False  # docs/tab/build.py leaves it out
    shell.user_ns.setdefault("my_guess", ...)  # a cell with a guess may be left out
    add_bot_logger(bot.__name__)  # why a command of a bot in this notebook failed is shown by `ask`
    shell.events.register("post_run_cell", warn_of_check_in_function)
    shell.magics_manager.register_function(save_cell, "cell", "save")
    shell.events.register("pre_run_cell", allow_loading_again(shell))
    for change in (unindent_hint, save_then_run):
        if change not in shell.input_transformers_cleanup:
            shell.input_transformers_cleanup.append(change)


def allow_loading_again(shell: "InteractiveShell") -> Callable[[object], None]:
    """Return what lets a later cell load this extension again, without a word that it is loaded."""

    def before_a_cell(_: object) -> None:
        if shell.extension_manager:
            shell.extension_manager.loaded.discard(__name__)
        shell.events.unregister("pre_run_cell", before_a_cell)

    return before_a_cell
