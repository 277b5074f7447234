"""A rented machine, and an engine for containers, as far as they can be had here.

The machine is a fresh Debian with a systemd and an sshd of its own: mmdebstrap makes it in a
folder, systemd-nspawn boots it; both need root. It shares this machine's network, so its sshd, and
all that a test starts, listens on 127.0.0.1 only. It may get a network of its own, and needs one to
have a firewall. The engine is podman, with images made of that Debian.
"""

import os
import re
import shlex
import shutil
import socket
import subprocess
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

TOOLS = ("mmdebstrap", "systemd-nspawn", "ssh", "scp", "podman")
RELEASE = "trixie"  # Debian 13
# What a rented machine comes with.
PACKAGES = "systemd-sysv,libpam-systemd,dbus,ca-certificates,openssh-server"
PACKAGES += ",python3,unattended-upgrades"
CERTIFICATES = Path("/etc/ssl/certs")  # this machine's: it may know an authority more
UNIFIED = Path("/sys/fs/cgroup/unified")  # where a machine has both kinds of control groups
# Two machines at once would share the groups that nspawn makes below its own.
JOIN = '[ ! -d "$0" ] || echo $$ > "$0/cgroup.procs"; exec "$@"'
REBOOT = 133  # nspawn's exit status when the machine wants to start anew
FENCE = re.compile(r"^<!-- needs: ([^\n]*) -->\n```sh\n(.*?)^```$", re.M | re.S)


class Typed(NamedTuple):
    """A block of commands in a README, and what it says it needs."""

    needs: str
    commands: str


def blocks_of(readme: Path) -> dict[str, list[Typed]]:
    """The blocks that need something, under their headings."""
    parts = re.split(r"^## (.*)$", readme.read_text(encoding="utf-8"), flags=re.M)
    return {
        heading: [Typed(*found) for found in FENCE.findall(text)]
        for heading, text in zip(parts[1::2], parts[2::2], strict=True)
    }


def what_is_missing(*more: str) -> str:
    """Why no machine and no engine can be had here, nor other tools; "" if they can."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return "NO RENTED MACHINE: only root can make a Debian and boot it"
    gone = [tool for tool in (*TOOLS, *more) if not shutil.which(tool)]
    if gone:
        return f"NO RENTED MACHINE: {', '.join(gone)} not installed"
    mount = ["unshare", "--mount", "--pid", "--fork", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    if subprocess.run(mount, capture_output=True).returncode:
        return "NO RENTED MACHINE: root may not mount here, as in most containers"
    return ""


def make_debian(folder: Path) -> Path:
    """Make a fresh Debian in a folder of this name."""
    words = ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={PACKAGES}"]
    done = subprocess.run([*words, RELEASE, folder], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return folder


def find_free_port() -> int:
    """Return a port of 127.0.0.1 on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


class Network(NamedTuple):
    """A machine's own network: the namespace's name, and the machine's address in it."""

    name: str
    address: str


@contextmanager
def own_network() -> Iterator[Network]:
    """A network for a machine, with a way out to the internet; needs `ip` and `iptables`."""
    # Tests that were killed may have left theirs: to one address, only the first network leads.
    taken = subprocess.run(["ip", "-oneline", "address"], capture_output=True, text=True).stdout
    name = f"bots{os.getpid()}"
    net = next(net for net in map("10.99.{}".format, range(256)) if f" {net}.1/" not in taken)
    masquerade = f"POSTROUTING --source {net}.0/24 --jump MASQUERADE"
    forward = Path("/proc/sys/net/ipv4/ip_forward")
    before = forward.read_text()
    setup = f"""
        ip netns add {name}
        ip link add {name} type veth peer name host0 netns {name}
        ip address add {net}.1/24 dev {name}
        ip link set {name} up
        ip -n {name} address add {net}.2/24 dev host0
        ip -n {name} link set lo up
        ip -n {name} link set host0 up
        ip -n {name} route add default via {net}.1
        iptables --table nat --append {masquerade}
    """
    try:
        subprocess.run(["sh", "-ec", setup], check=True)
        forward.write_text("1")
        yield Network(name, f"{net}.2")
    finally:
        forward.write_text(before)
        subprocess.run(["sh", "-c", f"iptables -t nat --delete {masquerade}; ip netns del {name}"])


class Machine:
    """Boots a Debian, and types at home or, over ssh, on it; `ADDRESS` is its name."""

    def __init__(
        self, debian: Path, folder: Path, home: Path, network: Network | None = None
    ) -> None:
        self.root, self.home, self._config = debian, home, folder / "ssh_config"
        self.network, self._console = network, folder / "console"
        self._group = UNIFIED / f"{debian.name}-{os.getpid()}"
        key = folder / "key"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
        host, port = (network.address, 22) if network else ("127.0.0.1", find_free_port())
        own = debian / "etc/ssh/sshd_config.d/here.conf"
        own.write_text(f"ListenAddress {host}\nPort {port}\n")
        (debian / "root/.ssh").mkdir(mode=0o700, exist_ok=True)
        shutil.copy(key.with_suffix(".pub"), debian / "root/.ssh/authorized_keys")
        self._config.write_text(
            textwrap.dedent(f"""\
                Host ADDRESS
                HostName {host}
                Port {port}
                IdentityFile {key}
                UserKnownHostsFile {folder / "known_hosts"}
                StrictHostKeyChecking accept-new
                LogLevel ERROR
                ConnectionAttempts 120
            """)
        )

    def __enter__(self) -> "Machine":
        self._boot()
        return self

    def _boot(self) -> None:
        words = ["--quiet", "--boot", "--register=no", "--keep-unit", "--resolv-conf=copy-host"]
        words += ["--console=pipe", f"--bind-ro={CERTIFICATES}"]
        if self.network:
            words += [f"--network-namespace-path=/run/netns/{self.network.name}"]
            words += ["--capability=CAP_NET_ADMIN"]
        if UNIFIED.exists():
            self._group.mkdir(exist_ok=True)
        join = ["sh", "-c", JOIN, self._group]
        with self._console.open("w") as console:
            self._nspawn = subprocess.Popen(
                [*join, "systemd-nspawn", f"--directory={self.root}", *words],
                env=os.environ | {"SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"},
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
            )

    def __exit__(self, *_: object) -> None:
        self._nspawn.terminate()
        self._nspawn.wait(60)
        for folder in sorted(self._group.glob("**/"), reverse=True):  # nspawn leaves them behind
            folder.rmdir()

    def type(self, block: Typed) -> None:
        """Type a README's block where it says."""
        if block.needs.endswith("typed at home"):
            lines = block.commands.splitlines()
            self.at_home("\n".join(line for line in lines if line != "ssh root@ADDRESS"))
        elif block.needs.endswith("it ends the connection"):
            self.there(block.commands, check=False)
            assert self._nspawn.wait(60) == REBOOT
            self._boot()
        else:
            self.there(block.commands)

    def at_home(self, commands: str) -> str:
        """Run commands in the course's folder; what they print."""
        own = 'ssh() { command ssh -F "$SSH" "$@"; }\nscp() { command scp -F "$SSH" "$@"; }\n'
        return self._run(["bash", "-euc", own + commands], SSH=str(self._config))

    def there(self, commands: str, check: bool = True, terminal: bool = False) -> str:
        """Run commands on the machine as root, at a terminal if need be; what they print."""
        shell = f"bash -euc {shlex.quote(commands)}"
        kind = "-tt" if terminal else "-T"
        return self._run(["ssh", kind, "-F", str(self._config), "root@ADDRESS", shell], check)

    def _run(self, words: list[str], check: bool = True, **own: str) -> str:
        done = subprocess.run(
            words,
            cwd=self.home,
            env=os.environ | own,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == 0 or not check, (
            f"{words[-1]}\n{done.stdout[-3000:]}\n"
            f"The machine's console:\n{self._console.read_text(errors='replace')[-2000:]}"
        )
        return done.stdout


# No control groups, and limits that any machine may set: podman's usual ones may not be.
ENGINE = """\
[containers]
cgroups = "disabled"
netns = "host"
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
volumes = ["/etc/ssl/certs:/etc/ssl/certs:ro"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
"""
STAND_IN = """\
chroot {root} apt-get update -qq
chroot {root} apt-get install -qq -y --no-install-recommends python3-venv
ln -s python3 {root}/usr/bin/python
tar -C {root} -c . | podman import --quiet - docker.io/library/python:3.13-slim
"""


class Engine:
    """Runs podman's commands in mounts and a store of its own, from the course's folder."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder, self.home = folder, home
        (folder / "containers.conf").write_text(ENGINE)

    def __enter__(self) -> "Engine":
        # What podman mounts stays in there; crun wants to see control groups of the second kind.
        mounts = "mount -t cgroup2 cgroup2 /sys/fs/cgroup && echo ready && exec sleep infinity"
        words = ["unshare", "--mount", "sh", "-c", mounts]
        self._mounts = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        assert self._mounts.stdout and self._mounts.stdout.readline() == "ready\n"
        return self

    def __exit__(self, *_: object) -> None:
        self.run("podman rm --all --force --time 5", check=False)
        self._mounts.kill()
        self._mounts.wait()

    def stand_in(self, debian: Path) -> None:
        """Make the image that a Containerfile begins with, as no registry of images is asked."""
        self.run(STAND_IN.format(root=debian))

    def run(self, commands: str, check: bool = True) -> str:
        """Run commands; what they print."""
        place = f"--root {self.folder}/store --runroot {self.folder}/run"
        own = f'cd {self.home}\npodman() {{ command podman {place} "$@"; }}\n'
        done = subprocess.run(
            ["nsenter", f"--mount=/proc/{self._mounts.pid}/ns/mnt", "bash", "-euc", own + commands],
            env=os.environ
            | {
                "CONTAINERS_CONF": str(self.folder / "containers.conf"),
                "BUILDAH_ISOLATION": "chroot",
                "PODMAN_IGNORE_CGROUPSV1_WARNING": "1",
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == 0 or not check, f"{commands}\n{done.stdout[-3000:]}"
        return done.stdout
