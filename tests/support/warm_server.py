# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Imports what programs import first, and then runs each of them in a fork of itself (warm.py says why).

It ends with its standard input. A program whose client is killed is killed, too.
"""

from __future__ import annotations

import _imp
import atexit
import gc
import hashlib
import importlib
import marshal
import os
import random
import runpy
import selectors
import shutil
import signal
import socket
import sys
import tempfile
import threading
import traceback
import zipimport
from collections.abc import Callable
from pathlib import Path
from types import CodeType
from typing import NoReturn

#: What ansible-core has read of its environment when it was imported: another one is not for this server.
READ_EARLY = ("ANSIBLE_", "HOME", "LANG", "LC_", "NO_COLOR", "PYTHONPATH")

_IMPORTED = {
    "modules": (
        "boto3",
        "botocore.httpsession",
        "cryptography.hazmat.primitives.serialization.pkcs12",
        "cryptography.x509",
        "dns.asyncresolver",
        "dns.dnssec",
        "dns.resolver",
        "dns.update",
        "http.client",
        "urllib.request",
        "uuid",
        "zipfile",
    ),
    "playbooks": (
        "ansible.cli.playbook",
        "ansible.executor.task_executor",
        "ansible.plugins.action.include_vars",
        "ansible.plugins.action.normal",
        "ansible.plugins.become.sudo",
        "ansible.plugins.callback.default",
        "ansible.plugins.connection.local",
        "ansible.plugins.connection.ssh",
        "ansible.plugins.filter.core",
        "ansible.plugins.inventory.host_list",
        "ansible.plugins.inventory.yaml",
        "ansible.plugins.shell.sh",
        "ansible.plugins.strategy.linear",
        "ansible.plugins.test.core",
        "ansible.plugins.vars.host_group_vars",
        "cryptography.x509",
        "http.client",
        "xml.dom.minidom",
    ),
}


class Server:
    def __init__(self, folder: Path, after_fork: Callable[[], None], same: tuple[str, ...]) -> None:
        self._folder = folder
        self._after_fork = after_fork
        self._same = same
        self._environment = self._part(dict(os.environ))
        self._clients: dict[int, socket.socket] = {}
        self._selector = selectors.DefaultSelector()
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(folder / "socket"))
        self._listener.listen(64)
        ended, wake = socket.socketpair()
        ended.setblocking(False)
        wake.setblocking(False)
        self._ended = ended
        signal.set_wakeup_fd(wake.fileno())
        self._wake = wake
        signal.signal(signal.SIGCHLD, lambda *_arguments: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)
        self._selector.register(ended, selectors.EVENT_READ, self._reap)
        self._selector.register(0, selectors.EVENT_READ, self._stop)

    def serve(self) -> NoReturn:
        while True:
            for key, _mask in self._selector.select():
                key.data()

    def _part(self, environment: dict[str, str]) -> dict[str, str]:
        return {name: value for name, value in environment.items() if name.startswith(self._same)}

    def _accept(self) -> None:
        client, _address = self._listener.accept()
        size, streams, _flags, _sender = socket.recv_fds(client, 4, 3)
        text = b""
        while len(text) < int.from_bytes(size, "big"):
            text += client.recv(1 << 20)
        arguments, environment, folder, mask = marshal.loads(text)
        if self._same and self._part(environment) != self._environment:
            client.send(b"no")
            client.close()
        elif pid := os.fork():
            os.setpgid(pid, pid)
            self._clients[pid] = client
            self._selector.register(client, selectors.EVENT_READ, lambda: self._signal(pid))
        else:
            os.setpgid(0, 0)
            self._become(arguments, environment, folder, mask, streams)
        for stream in streams:
            os.close(stream)

    def _signal(self, pid: int) -> None:
        """The client was sent a signal, or was killed."""
        try:
            number = self._clients[pid].recv(1)
        except ConnectionError:
            number = b""
        os.killpg(pid, number[0] if number else signal.SIGKILL)
        if not number:
            self._selector.unregister(self._clients.pop(pid))

    def _reap(self) -> None:
        self._ended.recv(1024)
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            if client := self._clients.pop(pid, None):
                self._selector.unregister(client)
                code = os.waitstatus_to_exitcode(status)
                client.send(bytes((ord("e"), code) if code >= 0 else (ord("k"), -code)))
                client.close()

    def _stop(self) -> NoReturn:
        for pid in self._clients:
            os.killpg(pid, signal.SIGKILL)
        shutil.rmtree(self._folder.parent, ignore_errors=True)
        sys.exit()

    def _become(
        self, arguments: list[str], environment: dict[str, str], folder: str, mask: int, streams: list[int]
    ) -> NoReturn:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        os.closerange(3, 1024)
        os.environ.clear()
        os.environ.update(environment)
        os.chdir(folder)
        os.umask(mask)
        sys.stdin, sys.stdout, sys.stderr = (
            open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115
            for number, mode in enumerate(("r", "w", "w"))
        )
        sys.argv = arguments
        sys.path[0] = str(Path(arguments[0]).resolve().parent)
        random.seed()
        os._exit(_run(arguments[0], self._after_fork))


def _run(script: str, before: Callable[[], None]) -> int:
    """Its exit code, when it has done what it does at its end."""
    code: object = 0
    try:
        before()
        runpy.run_path(script, run_name="__main__")
    except SystemExit as exit_:
        code = exit_.code
        if isinstance(code, str):
            print(code, file=sys.stderr)
            code = 1
    except BaseException as error:
        traceback.print_exc()
        code = -signal.SIGINT if isinstance(error, KeyboardInterrupt) else 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    if code == -signal.SIGINT:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    return int(code or 0) & 0xFF  # type: ignore[call-overload]


class Compiled:
    """Code by its text, kept for the next run: Python keeps none for what it reads in another way than usual."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def of_module(self, path: str, source: bytes) -> CodeType:
        """Of a text in the archive that a module is sent as."""
        return self._kept(path, source.replace(b"\r\n", b"\n"))

    def of_collection(self, source: str | bytes, filename: str, **_options: object) -> CodeType:
        """Of what the controller imports of a collection."""
        return self._kept(filename, source.encode() if isinstance(source, str) else source)

    def _kept(self, path: str, source: bytes) -> CodeType:
        kept = self._folder / hashlib.sha256(source + sys.implementation.cache_tag.encode()).hexdigest()
        try:
            code: CodeType = marshal.loads(kept.read_bytes())
        except FileNotFoundError:
            code = compile(source, path, "exec", dont_inherit=True)
            with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as file:
                file.write(marshal.dumps(code))
            os.replace(file.name, kept)
            return code
        _imp._fix_co_filename(code, path)  # type: ignore[attr-defined]
        return code


def own_temporary_folder(archives: Path) -> None:
    """What ansible-core makes at its import for one run, and removes at its end. Modules' archives are kept."""
    from ansible import constants
    from ansible.utils.path import cleanup_tmp_file

    atexit.unregister(cleanup_tmp_file)
    shared = Path(constants.DEFAULT_LOCAL_TMP)
    own = tempfile.mkdtemp(prefix=f"ansible-local-{os.getpid()}", dir=shared.parent)
    constants.DEFAULT_LOCAL_TMP = own
    atexit.register(cleanup_tmp_file, own, warn=True)
    archives.mkdir(parents=True, exist_ok=True)
    (Path(own) / "ansiballz_cache").symlink_to(archives)


def read_service_models() -> None:
    """botocore's, which every run would read again."""
    loaders, session = importlib.import_module("botocore.loaders"), importlib.import_module("botocore.session")
    loader = loaders.create_loader()
    for service in ("acm", "acm-pca", "cloudfront", "elbv2", "resourcegroupstaggingapi", "route53", "sts"):
        loader.load_service_model(service, "service-2")
        loader.load_service_model(service, "endpoint-rule-set-1")
    loader.load_data_with_path("endpoints")
    loader.load_data("partitions")
    session.create_loader = lambda *_paths: loader  # type: ignore[attr-defined]


def main() -> NoReturn:
    kind, folder, kept, sys.executable = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]
    compiled = Compiled(kept)
    for module in _IMPORTED[kind]:
        importlib.import_module(module)
    if kind == "playbooks":
        finder = importlib.import_module("ansible.utils.collection_loader._collection_finder")
        finder.compile = compiled.of_collection  # type: ignore[attr-defined]
        server = Server(folder, lambda: own_temporary_folder(folder / "archives"), READ_EARLY)
    else:
        zipimport._compile_source = compiled.of_module  # type: ignore[attr-defined]
        read_service_models()
        server = Server(folder, lambda: None, ())
    gc.collect()
    gc.freeze()
    print("ready", flush=True)
    server.serve()


if __name__ == "__main__":
    main()
