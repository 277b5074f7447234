"""Ask Linux which account owns one end of a local TCP connection, as in sock_diag(7).

/proc/net/tcp lists the same for all connections, but reading it can take 10 ms; this takes 20 µs.
"""

import errno
import socket
import struct
import sys

Address = tuple[str, int]  # IPv4 and port
# From linux/netlink.h, linux/sock_diag.h and linux/inet_diag.h
HEADER = struct.Struct("=IHHII")  # size, kind, flags, sequence, process
QUESTION = struct.Struct("=BBxxI2s2s16s16sIII")  # family, protocol, states, ports, hosts, …
REPLY = struct.Struct("=4x4s44xIIIII")  # ports, …, expires, two queues, user, inode
NETLINK_SOCK_DIAG = 4
SOCK_DIAG_BY_FAMILY = 20
REQUEST = 1
ESTABLISHED, CLOSE_WAIT = 1, 8  # from linux/tcp_states.h
EACH_STATE = NO_COOKIE = 0xFFFFFFFF
NO_ROOM = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


def socket_owner(here: Address, there: Address | None = None) -> int | None:
    """Return the user id of the program whose socket is `here` and connected to `there`.

    Without `there`, it is a socket that listens. None if no program has it, because it has been
    closed, or if the system doesn't tell. OSError if it would, but has no room for the question.
    """
    if sys.platform != "linux":
        return None
    ends = [end or ("0", 0) for end in (here, there)]
    ports = [port.to_bytes(2, "big") for _, port in ends]
    hosts = [socket.inet_aton(host) for host, _ in ends]
    kind = (socket.AF_INET, socket.IPPROTO_TCP, EACH_STATE)
    question = QUESTION.pack(*kind, *ports, *hosts, 0, NO_COOKIE, NO_COOKIE)
    size = HEADER.size + len(question)
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, NETLINK_SOCK_DIAG) as kernel:
            kernel.send(HEADER.pack(size, SOCK_DIAG_BY_FAMILY, REQUEST, 0, 0) + question)
            reply = kernel.recv(4096)
    except OSError as error:
        if error.errno in NO_ROOM:
            raise
        return None
    if HEADER.unpack_from(reply)[1] != SOCK_DIAG_BY_FAMILY:  # it is an error
        return None
    found, *_, user, inode = REPLY.unpack_from(reply, HEADER.size)
    # If there is no such connection, the kernel replies with a socket that listens at `here`.
    return int(user) if inode and found == b"".join(ports) else None


def is_connection_alive(connection: socket.socket) -> bool:
    """Return whether Linux still has this TCP connection, open at least at our end."""
    state = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]
    return state in (ESTABLISHED, CLOSE_WAIT)
