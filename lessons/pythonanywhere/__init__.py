"""An imitation of PythonAnywhere, with a free account: its files, its one web app and their API.

It has what an upload needs, and is written from the help pages, which are in the repository
pythonanywhere/help_pages, read at its commit of 2026-06-15. Each route names its page and the date
of its last change. Where the pages don't say what the real API answers, the imitation uses what
PythonAnywhere's own client expects, pythonanywhere-core 0.3.3, here called "core", and the answers
in the tests of its repository (2026-02-10) and of the client pythonanywhereapiclient 2.0.1
(2021-04-05). Texts such as "Invalid token." are those of Django REST framework, whose scheme
"Token" the API uses. What no source says is called "not documented".

- server.py: the account, the routes of its API, and the proxy through which its app reaches others
- disk.py: its files
- web_app.py: the web app's process, its logs, and what visitors get
- wsgi_worker.py: what runs in that process, a Python without any packages

What differs from the real one: the account's folders are in a temporary folder, and the app finds
its own by `Path.home()` or `__file__`, not by an absolute path such as /home/{username}/my_bot. The
real Python 3.13 has packages, this one has none. The disk quota holds for uploads, not for what the
app writes. A process that has ended starts again only with the next reload. There are no consoles,
tasks, virtualenvs and other settings of a web app. And the app is an ordinary process on this
machine, so it can read your files: deploy only code that you trust.
"""

from lessons.pythonanywhere.server import PythonAnywhere

__all__ = ["PythonAnywhere"]
