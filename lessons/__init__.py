"""What only notebooks need: the %%save magic, charts, pictures, exercise checks.

`%load_ext lessons` switches %%save on. Nothing else is imported here, and nothing
outside the notebooks imports from here.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def load_ipython_extension(shell: "InteractiveShell") -> None:
    """Register %%save; IPython calls this for `%load_ext lessons`."""
    from lessons.save import save_cell

    shell.magics_manager.register_function(save_cell, "cell", "save")
