"""Lead this Python's connections to Telegram and Twitch into a bot-sandbox.

The sandbox puts this folder on PYTHONPATH of a program that it starts, so Python runs this file
before the program. The variable BOT_SANDBOX_ADDRESSES says which port of this machine replaces
each real address, and where the sandbox's certificate is.

Each platform's name resolves to a loopback address of its own, and a connection to it is led to the
sandbox's port. That happens when a socket connects, because some clients keep only the address of
what they have resolved. All other names are left alone.

The program may run on an older Python than the sandbox, and imports nothing of it.
"""

from __future__ import annotations

import importlib.machinery
import os
import sys

TYPE_CHECKING = False  # importing typing takes milliseconds, in each program
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType
    from typing import Any

FOLDER = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - pathlib is slow
VARIABLE = "BOT_SANDBOX_ADDRESSES"


class Addresses:
    """The real addresses and what replaces them."""

    def __init__(self) -> None:
        import json

        told = json.loads(os.environ[VARIABLE])
        self.ports: dict[str, dict[int, int]] = {
            host: {int(port): here for port, here in ports.items()}
            for host, ports in told["addresses"].items()
        }
        # Nobody connects to these: they only tell the names apart.
        self.loopback = {host: f"127.83.66.{n}" for n, host in enumerate(self.ports, 1)}
        self.host_of = {address: host for host, address in self.loopback.items()}
        with open(told["certificate"], encoding="ascii") as file:  # noqa: PTH123
            self.certificate = file.read()

    def name_of(self, host: object) -> str | None:
        """Return the platform's name that a host is or replaces."""
        if isinstance(host, (bytes, bytearray)):
            host = bytes(host).decode("latin-1")
        if not isinstance(host, str):
            return None
        name = host.lower().rstrip(".")
        return name if name in self.ports else self.host_of.get(name)

    def replace_host(self, host: Any) -> Any:
        """Return the loopback address that replaces a platform's name; else the host."""
        name = self.name_of(host)
        return self.loopback[name] if name else host

    def replace_address(self, address: Any) -> Any:
        """Return where a connection to an address really goes."""
        name = self.name_of(address[0]) if isinstance(address, tuple) and address else None
        if name is None:
            return address
        if address[1] not in self.ports[name]:
            known = " or ".join(map(str, self.ports[name]))
            raise ConnectionRefusedError(
                f"bot-sandbox has port {known} of {name}, and not {address[1]}"
            )
        return "127.0.0.1", self.ports[name][address[1]]


_found: list[Addresses] = []  # read when a program first needs them


def addresses() -> Addresses:
    """Return the addresses that the sandbox has told."""
    if not _found:
        _found.append(Addresses())
    return _found[0]


def wrap_functions(owner: Any, names: Sequence[str], make: Callable[[Any], Any]) -> None:
    """Replace functions of a module or a class by what `make` returns for each."""
    for name in names:
        original = getattr(owner, name)
        replacement = make(original)
        replacement.__name__, replacement.__doc__ = name, original.__doc__
        setattr(owner, name, replacement)


def resolving_function(original: Any) -> Any:
    """Let a function whose first argument is a host resolve the platforms' names."""

    def resolve(host: Any, *arguments: Any, **named: Any) -> Any:
        return original(addresses().replace_host(host), *arguments, **named)

    return resolve


def resolving_method(original: Any) -> Any:
    """Do the same for a method."""

    def resolve(self: Any, host: Any, *arguments: Any, **named: Any) -> Any:
        return original(self, addresses().replace_host(host), *arguments, **named)

    return resolve


def connecting_method(original: Any) -> Any:
    """Let a method whose last argument is an address connect to the sandbox's port."""

    def connect(self: Any, *arguments: Any) -> Any:
        return original(self, *arguments[:-1], addresses().replace_address(arguments[-1]))

    return connect


def trusting_method(original: Any) -> Any:
    """Let an SSLContext trust the sandbox's certificate when it is used, whatever it has loaded."""

    def wrap_connection(self: Any, *arguments: Any, **named: Any) -> Any:
        if self.verify_mode:
            self.load_verify_locations(cadata=addresses().certificate)
        return original(self, *arguments, **named)

    return wrap_connection


def connecting_loop_method(original: Any) -> Any:
    """Let uvloop's own method connect a platform's name to the sandbox's port."""

    async def create_connection(
        self: Any, protocol_factory: Any, host: Any = None, port: Any = None, **named: Any
    ) -> Any:
        name = addresses().name_of(host)
        if name:
            if named.get("ssl") and named.get("server_hostname") is None:
                named["server_hostname"] = name
            host, port = addresses().replace_address((host, port))
        return await original(self, protocol_factory, host, port, **named)

    return create_connection


def patch_socket(module: Any) -> None:
    """All that is written in Python resolves and connects here."""
    wrap_functions(module, ["getaddrinfo", "gethostbyname", "gethostbyname_ex"], resolving_function)
    wrap_functions(module.socket, ["connect", "connect_ex"], connecting_method)


def patch_ssl(module: Any) -> None:
    """All that is written in Python speaks TLS by one of these."""
    wrap_functions(module.SSLContext, ["wrap_socket", "wrap_bio"], trusting_method)


def patch_windows_events(module: Any) -> None:
    """Windows' Proactor loop connects without the socket's own method."""
    wrap_functions(module.IocpProactor, ["connect"], connecting_method)


def patch_aiodns(module: Any) -> None:
    """It asks name servers on its own, but a number it returns as it is."""
    wrap_functions(module.DNSResolver, ["getaddrinfo", "gethostbyname"], resolving_method)


def patch_uvloop(module: Any) -> None:
    """It uses sockets of its own, unless it is given one."""
    wrap_functions(module.Loop, ["getaddrinfo"], resolving_method)
    wrap_functions(module.Loop, ["create_connection"], connecting_loop_method)


PATCHES = {
    "socket": patch_socket,
    "ssl": patch_ssl,
    "asyncio.windows_events": patch_windows_events,
    "aiodns": patch_aiodns,
    "uvloop": patch_uvloop,
}


class PatchingFinder:
    """Patches a module right after it is imported, so that nothing is imported for it."""

    def find_spec(
        self, name: str, path: Any = None, target: Any = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Find a module that is to be patched by the other finders."""
        if name not in PATCHES:
            return None
        for finder in sys.meta_path:
            spec = None if finder is self else finder.find_spec(name, path, target)
            if spec and spec.loader:
                self._patch_afterwards(name, spec.loader)
                return spec
        return None

    @staticmethod
    def _patch_afterwards(name: str, loader: Any) -> None:
        execute = loader.exec_module

        def execute_and_patch(module: ModuleType) -> None:
            execute(module)
            if module.__name__ == name:  # a loader may have several modules
                PATCHES[name](module)

        loader.exec_module = execute_and_patch


def install() -> None:
    """Patch what is imported already, and the rest when it is imported."""
    sys.meta_path.insert(0, PatchingFinder())
    for name, patch in PATCHES.items():
        if name in sys.modules:
            patch(sys.modules[name])


def run_next_sitecustomize() -> None:
    """Run the sitecustomize that Python would have found without this one."""
    sys.path[:] = [each for each in sys.path if os.path.abspath(each or ".") != FOLDER]  # noqa: PTH100
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", sys.path)
    if spec and spec.loader:
        module = type(sys)("sitecustomize")  # importlib.util takes milliseconds
        module.__spec__, module.__file__ = spec, spec.origin
        sys.modules["sitecustomize"] = module
        spec.loader.exec_module(module)


if __name__ == "sitecustomize" and VARIABLE in os.environ:
    install()
    if not sys.flags.no_site:  # with -S, a function of the sandbox's cloud imports this file itself
        run_next_sitecustomize()
