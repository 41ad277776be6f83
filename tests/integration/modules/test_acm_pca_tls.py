# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What acm_pca_certificate keeps, served and shown by two processes that talk TLS to each other."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from private_world import PrivateWorld

SERVER = """
import socket, ssl, sys
folder, roots = sys.argv[1:]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(folder + "/fullchain.pem", folder + "/privkey.pem")
context.load_verify_locations(roots)
context.verify_mode = ssl.CERT_REQUIRED
with socket.create_server(("127.0.0.1", 0)) as listener:
    print(listener.getsockname()[1], flush=True)
    with context.wrap_socket(listener.accept()[0], server_side=True) as connection:
        subject = dict(pair for rdn in connection.getpeercert()["subject"] for pair in rdn)
        connection.sendall(subject["commonName"].encode())
"""
CLIENT = """
import json, socket, ssl, sys
folder, roots, port, name = sys.argv[1:]
context = ssl.create_default_context(cafile=roots)
if folder:
    context.load_cert_chain(folder + "/fullchain.pem", folder + "/privkey.pem")
with socket.create_connection(("127.0.0.1", int(port))) as plain:
    with context.wrap_socket(plain, server_hostname=name) as connection:
        said = connection.recv(100).decode()
        print(json.dumps({"greeted": said, "names": connection.getpeercert()["subjectAltName"]}))
"""


def talk(server: Path, client: Path | None, roots: Path, name: str = "db.internal") -> dict[str, object]:
    """What the client heard. The certificates of the other side are looked at by both."""
    arguments = [sys.executable, "-c", SERVER, str(server), str(roots)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as serving:
        assert serving.stdout is not None
        port = serving.stdout.readline().strip()
        command = [sys.executable, "-c", CLIENT, str(client or ""), str(roots), port, name]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
        serving.wait(timeout=30)
    if done.returncode or not done.stdout:
        raise ConnectionError(done.stderr)
    heard: dict[str, object] = json.loads(done.stdout)
    return heard


def test_server_and_client_know_each_other_by_the_ca(private: PrivateWorld) -> None:
    private.issue(usages=["server_auth"], key_algorithm="RSA_2048")
    private.issue("reporting", usages=["client_auth"], subject_alternative_names=["spiffe://corp.internal/reporting"])
    server, client = private.kept().path, private.kept("reporting").path
    heard = talk(server, client, server / "ca.pem")
    assert heard == {"greeted": "reporting.internal", "names": [["DNS", "db.internal"]]}


@pytest.mark.parametrize("wrong", ["nobody", "server's", "other CA's", "other name"])
def test_whoever_has_no_certificate_for_it_is_turned_away(private: PrivateWorld, wrong: str) -> None:
    """So that the handshake above means something."""
    private.issue(usages=["server_auth"])
    private.issue("reporting", usages=["client_auth"])
    stranger = private.sandbox.certificate_authority(name="Another")
    private.issue("stranger", certificate_authority_arn=stranger)
    server = private.kept().path
    clients = {"nobody": None, "server's": server, "other CA's": private.kept("stranger").path}
    client = clients.get(wrong, private.kept("reporting").path)
    with pytest.raises(ConnectionError):
        talk(server, client, server / "ca.pem", "db.internal" if wrong in clients else "db2.internal")
