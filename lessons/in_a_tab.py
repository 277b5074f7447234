"""Whether the course runs in a browser's tab, and what a notebook needs there."""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

IN_A_TAB = sys.platform == "emscripten"  # Pyodide, in JupyterLite


def continue_after_expected_errors(shell: "InteractiveShell") -> None:
    """Let Run All continue after a cell that shows an error on purpose, as on a machine.

    JupyterLite skips all cells after an error that its kernel reports. So this error is printed.
    """

    def show(etype: type[BaseException], evalue: BaseException, stb: list[str]) -> None:
        request = shell.kernel.get_parent()  # type: ignore[attr-defined]  # JupyterLite's
        if request["content"]["stop_on_error"]:
            type(shell)._showtraceback(shell, etype, evalue, stb)
        else:  # JupyterLab says so for the tag raises-exception
            print(*stb, sep="\n", file=sys.stderr)

    shell._showtraceback = show  # type: ignore[method-assign]  # made to be replaced
