"""JupyterHub's settings for a class on one machine. README.md, beside this file, says what to type.

Pupils are users of the machine. They sign in with the machine's password, and each one's server
runs as that user, so the system keeps their files and processes apart.
"""

import grp
import os
import pwd
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from jupyterhub.spawner import LocalProcessSpawner, Spawner

PROGRAMS = Path(sys.executable).parent  # of .venv, from which JupyterHub itself runs
MEMORY = 1_000_000_000  # bytes for each process of a pupil; beyond them, Python says MemoryError
PROCESSES = 400  # of a pupil, threads included
OWNED = range(11_000, 32_000)  # ports of servers, as in nftables.conf
PROGRESS_FOLDER = Path("/srv/class")  # a folder for each pupil, which the page of the class reads
READER_USER = pwd.getpwnam("class-reader")  # who serves this page, and may read these folders alone
PAGE, PAGE_PORT = Path(__file__).with_name("page") / "server.py", 10_000
IDLE_S = 3600  # after which a kernel stops, and then the server; a pupil's files stay

ADDRESS = os.environ.get("CLASS_ADDRESS", "http://localhost:8000")  # as browsers know it

c = get_config()  # noqa: F821 - JupyterHub runs this file with it

c.JupyterHub.bind_url = "http://127.0.0.1:8000"  # for Caddy, which encrypts what leaves the machine
# A pupil decides what his server answers, so each server has a host name of its own, such as
# anna.bots.example.org: its pages can neither read other servers' pages nor use their sign-ins.
c.JupyterHub.subdomain_host = ADDRESS
# "__Host-": the Hub ignores cookies that a pupil's page sets for the whole domain.
c.JupyterHub.cookie_host_prefix_enabled = ADDRESS.startswith("https:")
c.JupyterHub.authenticator_class = "pam"
c.PAMAuthenticator.allowed_groups = {"pupils", "teachers"}
# The Hub would take Anna for anna, who is another user of the machine.
c.PAMAuthenticator.pam_normalize_username = True
c.Authenticator.username_pattern = "[a-z0-9]+$"
c.JupyterHub.load_roles = [
    {"name": "user", "scopes": ["self", "access:services!service=class"]},
    {"name": "admin", "users": []},  # nobody, nor anybody whom an older edition made one
    {
        "name": "teacher",  # stops and starts servers, and opens only her own
        "scopes": ["admin-ui", "list:users", "servers"],
        "users": grp.getgrnam("teachers").gr_mem,
    },
]


class PupilSpawner(LocalProcessSpawner):
    """Starts servers as their users. If memory runs out, Linux ends their programs first."""

    def make_preexec_fn(self, name: str) -> Callable[[], None]:
        """Return what a new process runs as root, so that its user can't undo it."""
        become_user: Callable[[], None] = super().make_preexec_fn(name)

        def prepare() -> None:
            Path("/proc/self/oom_score_adj").write_text("500", encoding="ascii")
            become_user()

        return prepare


c.JupyterHub.spawner_class = PupilSpawner
c.Spawner.cmd = [
    *("setpriv", "--no-new-privs"),  # no `su`, which would begin a session without these limits
    *("prlimit", f"--data={MEMORY}", f"--nproc={PROCESSES}"),
    str(PROGRAMS / "jupyterhub-singleuser"),
]
c.Spawner.args = [
    "--ServerApp.jpserver_extensions=lessons.own_copies=True",  # also if .venv is older than that
    "--KernelManager.transport=ipc",  # through files of the user: other users can't listen
    f"--MappingKernelManager.cull_idle_timeout={IDLE_S}",
    "--MappingKernelManager.cull_connected=True",  # also if the browser's tab is still open
    f"--TerminalManager.cull_inactive_timeout={IDLE_S}",
    f"--ServerApp.shutdown_no_activity_timeout={IDLE_S}",
]


def assign_port(spawner: Spawner) -> None:
    """Give a user's server the one port from which the firewall lets only this user answer."""
    user = pwd.getpwnam(spawner.user.name).pw_uid
    spawner.port = 10_000 + user
    if spawner.port not in OWNED:
        raise ValueError(f"{spawner.user.name} has the number {user}: 1000 to 21999 was expected")
    command = f"add element inet class servers {{ {spawner.port} . {user} }}"
    subprocess.run(["/usr/sbin/nft", command], check=True)


def make_progress_folder(spawner: Spawner) -> None:
    """Give a pupil a folder in which she may write and the page's user may read."""
    folder, user = PROGRESS_FOLDER / spawner.user.name, pwd.getpwnam(spawner.user.name).pw_uid
    PROGRESS_FOLDER.mkdir(exist_ok=True)
    folder.mkdir(exist_ok=True)
    os.chown(folder, user, READER_USER.pw_gid)
    folder.chmod(0o2750)  # what she writes there is of the reader's group, too
    spawner.environment["CLASS_PROGRESS"] = str(folder)


def prepare_server(spawner: Spawner) -> None:
    """Do what must be done as root before a server starts."""
    assign_port(spawner)
    make_progress_folder(spawner)


c.Spawner.pre_spawn_hook = prepare_server
# Who has passed what, at its own host name, class--service.
c.JupyterHub.services = [
    {
        "name": "class",
        "url": f"http://127.0.0.1:{PAGE_PORT}",
        "command": [sys.executable, "-P", str(PAGE)],
        "user": READER_USER.pw_name,
        "cwd": "/",
        "oauth_no_confirm": True,
    }
]
# Thirty pupils arrive in the same minute.
c.JupyterHub.concurrent_spawn_limit = 10
c.Spawner.start_timeout = c.Spawner.http_timeout = 180  # seconds
