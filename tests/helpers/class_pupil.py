"""A pupil of a class, in a browser: signs in to a JupyterHub, runs the notebook that opens."""

import jupyterlab_browser as lab

LOGIN_S = 180
ONE_CELL = """source => {
    const commands = window.jupyterapp.commands;
    return commands.execute('notebook:insert-cell-below').then(() => {
        const notebook = window.jupyterapp.shell.currentWidget.content;
        notebook.activeCell.model.sharedModel.setSource(source);
        return commands.execute('notebook:run-cell');
    }).then(() => window.jupyterapp.shell.currentWidget.content.activeCell.model.toJSON().outputs);
}"""


def knock(page, address, name, password):
    """Type name and password; the pupil's server starts, and nobody waits for it."""
    page.goto(f"{address}/hub/login")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click(no_wait_after=True)


def wait_for_notebook(page):
    """Wait until a pupil's server has opened a notebook, with its kernel."""
    page.wait_for_url("**/lab/tree/**", timeout=LOGIN_S * 1000)
    page.wait_for_function(lab.READY, timeout=LOGIN_S * 1000)


def run_all(page):
    """Run all cells of the notebook that is open; returns the notebook as it is then."""
    page.evaluate(lab.RUN)
    page.wait_for_function("() => window.ran !== null", timeout=lab.RUN_S * 1000)
    page.wait_for_function(lab.FINISHED, timeout=lab.RUN_S * 1000)
    return page.evaluate(lab.MODEL)


def run_cell(page, source):
    """Run Python in the kernel of the notebook that is open; returns what it printed."""
    outputs = page.evaluate(ONE_CELL, source)
    return "".join("".join(each.get("text", "")) for each in outputs)
