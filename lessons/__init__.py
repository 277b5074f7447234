"""What only notebooks need: the %%save magic, charts, exercise checks, the learner's progress.

`%load_ext lessons` switches %%save and short errors on. Nothing else is imported here, and
nothing outside the notebooks imports from here.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def load_ipython_extension(shell: "InteractiveShell") -> None:
    """Register %%save and short errors; IPython calls this for `%load_ext lessons`."""
    from bot_sandbox.diagnosis import listen_to
    from botlib import bot
    from lessons.errors import show_short_errors
    from lessons.last_line import tell_of_a_check_inside, without_the_space
    from lessons.save import save_cell, save_then_run

    show_short_errors(shell)
    listen_to(bot.__name__)  # why a command of a bot in this notebook failed is shown by `ask`
    shell.events.register("post_run_cell", tell_of_a_check_inside)
    shell.magics_manager.register_function(save_cell, "cell", "save")
    for change in (without_the_space, save_then_run):
        if change not in shell.input_transformers_cleanup:
            shell.input_transformers_cleanup.append(change)
