"""How a cluster is found: as a pod, or as kubectl says."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pellucid.engines.base import LaunchError
from pellucid.engines.kubernetes_access import find_access

needs_kubectl = pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")


def certificate(folder: Path) -> tuple[bytes, bytes]:
    """A new one, and its key."""
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    files = ["-keyout", str(folder / "key"), "-out", str(folder / "certificate")]
    subprocess.run([*command, *files, "-subj", "/CN=test", "-days", "2"], check=True, capture_output=True)
    return (folder / "certificate").read_bytes(), (folder / "key").read_bytes()


def configured(folder: Path, user: dict[str, Any], **cluster: Any) -> dict[str, str]:
    """Variables with a kubectl that is configured."""
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "here",
        "contexts": [{"name": "here", "context": {"cluster": "c", "user": "u", "namespace": "training"}}],
        "clusters": [{"name": "c", "cluster": {"server": "https://cluster.example:6443", **cluster}}],
        "users": [{"name": "u", "user": user}],
    }
    path = folder / "config"
    path.write_text(json.dumps(document))
    return {"PATH": os.environ["PATH"], "KUBECONFIG": str(path)}


def test_a_pod_knows_where_it_is(tmp_path: Path) -> None:
    """By its account."""
    (tmp_path / "ca.crt").write_bytes(certificate(tmp_path)[0])
    (tmp_path / "token").write_text("first\n")
    (tmp_path / "namespace").write_text("agents")
    environ = {"KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "6443"}

    access = find_access(environ, tmp_path)

    assert (access.address, access.namespace) == ("https://[fd00::1]:6443", "agents")
    assert access.token is not None
    assert access.token() == "first"
    assert access.tls is not None


@needs_kubectl
def test_kubectl_with_a_token(tmp_path: Path) -> None:
    """Is the current context's."""
    access = find_access(configured(tmp_path, {"token": "t"}), tmp_path)
    assert (access.address, access.namespace) == ("https://cluster.example:6443", "training")
    assert access.token is not None
    assert access.token() == "t"


@needs_kubectl
def test_kubectl_with_a_certificate(tmp_path: Path) -> None:
    """For us and for the server."""
    own, key = (base64.b64encode(part).decode() for part in certificate(tmp_path))
    user = {"client-certificate-data": own, "client-key-data": key}
    access = find_access(configured(tmp_path, user, **{"certificate-authority-data": own}), tmp_path)
    assert access.token is None
    assert access.tls is not None
    assert [one["subject"] for one in access.tls.get_ca_certs()] == [((("commonName", "test"),),)]


@needs_kubectl
def test_kubectl_with_a_plugin(tmp_path: Path) -> None:
    """Is asked for a token when one is needed."""
    program = "import json, os; print(json.dumps({'status': {'token': os.environ['WHO']}}))"
    plugin = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": sys.executable,
        "args": ["-c", program],
        "env": [{"name": "WHO", "value": "me"}],
        "interactiveMode": "Never",
    }
    access = find_access(configured(tmp_path, {"exec": plugin}), tmp_path)
    assert access.token is not None
    assert access.token() == "me"


@needs_kubectl
def test_a_plugin_that_fails(tmp_path: Path) -> None:
    """Is named."""
    plugin = {"apiVersion": "client.authentication.k8s.io/v1", "command": "no-such-plugin", "interactiveMode": "Never"}
    access = find_access(configured(tmp_path, {"exec": plugin}), tmp_path)
    assert access.token is not None
    with pytest.raises(LaunchError, match="the credential plugin no-such-plugin gave no token"):
        access.token()


@needs_kubectl
def test_kubectl_without_a_context(tmp_path: Path) -> None:
    """Knows no cluster."""
    environ = {"PATH": os.environ["PATH"], "KUBECONFIG": str(tmp_path / "missing")}
    with pytest.raises(LaunchError, match="kubectl has no current context"):
        find_access(environ, tmp_path)


def test_neither_a_pod_nor_kubectl(tmp_path: Path) -> None:
    """The error says what is missing."""
    with pytest.raises(LaunchError, match="no pod of Kubernetes, and there is no kubectl"):
        find_access({"PATH": str(tmp_path)}, tmp_path)
