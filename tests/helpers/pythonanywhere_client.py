"""Drive an account with PythonAnywhere's own client, given the API's address and a user.

`test_pythonanywhere.py` runs this with the Python that has the client; the course's has not. The
client knows only https addresses, so this gives it another.
"""

import sys

from pythonanywhere_core import base

api, user = sys.argv[1:]
base.get_api_endpoint = lambda username, flavor: f"{api}/api/v0/user/{username}/{flavor}/"

from pythonanywhere_core.exceptions import PythonAnywhereApiException  # noqa: E402
from pythonanywhere_core.files import Files  # noqa: E402
from pythonanywhere_core.webapp import Webapp  # noqa: E402

HOME, DOMAIN = f"/home/{user}", f"{user}.pythonanywhere.com"
WSGI = f"/var/www/{user}_pythonanywhere_com_wsgi.py"
HELLO = b"def application(e, start):\n    start('200 OK', [])\n    return [b'hello from core']\n"


def refusal(call, *arguments):
    """Return why a call is refused."""
    try:
        return f"not refused: {call(*arguments)}"
    except PythonAnywhereApiException as error:
        return str(error)


files, app = Files(), Webapp(DOMAIN)
app.sanity_checks(nuke=False)
# Not app.create, which also sets a virtualenv: the imitation has none.
new = {"domain_name": DOMAIN, "python_version": base.PYTHON_VERSIONS["3.13"]}
assert base.call_api(Webapp.webapps_url, "post", data=new).json() == {"status": "OK"}
assert [each["domain_name"] for each in Webapp.list_webapps()] == [DOMAIN]
assert app.get()["domain_name"] == DOMAIN

assert files.path_post(f"{HOME}/my_bot/a.txt", b"one") == 201
assert files.path_post(f"{HOME}/my_bot/a.txt", b"two") == 200
assert files.path_get(f"{HOME}/my_bot/a.txt") == b"two"
assert files.path_get(f"{HOME}/my_bot")["a.txt"]["type"] == "file"
assert files.tree_get(HOME) == [f"{HOME}/my_bot/", f"{HOME}/my_bot/a.txt"]
assert "No such file or directory: /foo" in refusal(files.path_get, "/foo")
assert "You must provide a file" in refusal(files.path_post, f"{HOME}/x", None)
assert "do not have permission to delete this" in refusal(files.path_delete, HOME)
assert "File does not exist" in refusal(files.path_delete, "/home/other/")
assert "/none does not exist" in refusal(files.tree_get, "/none")
assert "do not have permission" in refusal(Webapp("www.example.org").delete)
assert "no route POST" in refusal(files.sharing_post, f"{HOME}/my_bot/a.txt")

assert files.path_post(WSGI, HELLO) == 200
app.reload()
assert app.get_log_info()["server"] == [0]
app.delete_log("server")
assert app.get_log_info()["server"] == []
print("all is well", flush=True)
input()  # the test looks at the site
app.delete()
files.path_delete(f"{HOME}/my_bot")
assert "Not found." in refusal(app.get)
assert files.tree_get(HOME) == []
