"""How to reach a Kubernetes API server: as a pod of the cluster, or as ``kubectl`` is configured to."""

from __future__ import annotations

import base64
import json
import os
import shutil
import ssl
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pellucid.engines.base import LaunchError

_ACCOUNT: Final = Path("/var/run/secrets/kubernetes.io/serviceaccount")
"""Where a pod finds who it is (Kubernetes, Accessing the API from a Pod)."""

_TOKEN_SECONDS: Final = 60.0
"""For how long a token is used before it is asked for again, as tokens are replaced before they end."""

_PLUGIN_SECONDS: Final = 60.0


@dataclass(frozen=True, kw_only=True)
class Access:
    """An API server, and who we are to it.

    Attributes:
        address: of the server.
        namespace: for jobs that don't ask for one.
        token: gives what shows who we are; ``None`` if a certificate does, or nobody asks.
        tls: how to check the server's certificate, with our own; ``None`` without TLS.
    """

    address: str
    namespace: str = "default"
    token: Callable[[], str] | None = None
    tls: ssl.SSLContext | None = None


def find_access(environ: Mapping[str, str] = os.environ, account: Path = _ACCOUNT) -> Access:
    """The cluster that this pod is in, else the current context of ``kubectl``.

    Args:
        environ: the variables; ``KUBECONFIG`` counts for ``kubectl``.
        account: the folder of the pod's account.

    Raises:
        LaunchError: there is neither.
    """
    host, port = environ.get("KUBERNETES_SERVICE_HOST"), environ.get("KUBERNETES_SERVICE_PORT", "443")
    if host and (account / "token").exists() and not environ.get("KUBECONFIG"):
        return Access(
            address=f"https://{f'[{host}]' if ':' in host else host}:{port}",
            namespace=(account / "namespace").read_text().strip(),
            token=_Remembered(lambda: (account / "token").read_text().strip()),
            tls=ssl.create_default_context(cafile=account / "ca.crt"),
        )
    return _of_kubectl(environ)


def _of_kubectl(environ: Mapping[str, str]) -> Access:
    program = shutil.which("kubectl", path=environ.get("PATH"))
    if program is None:
        raise LaunchError("this is no pod of Kubernetes, and there is no kubectl that says where a cluster is")
    command = [program, "config", "view", "--raw", "--minify", "--flatten", "-o", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=dict(environ))
    if done.returncode != 0:
        raise LaunchError(f"kubectl has no current context: {done.stderr.strip()}")
    document = json.loads(done.stdout)
    cluster = document["clusters"][0]["cluster"]
    user = (document.get("users") or [{}])[0].get("user") or {}
    return Access(
        address=cluster["server"].rstrip("/"),
        namespace=document["contexts"][0]["context"].get("namespace") or "default",
        token=_token(user, environ),
        tls=_tls(cluster, user) if cluster["server"].startswith("https:") else None,
    )


def _token(user: Mapping[str, Any], environ: Mapping[str, str]) -> Callable[[], str] | None:
    if user.get("token"):
        return lambda: str(user["token"])
    if user.get("tokenFile"):
        return _Remembered(lambda: Path(user["tokenFile"]).read_text().strip())
    if user.get("exec"):
        return _Remembered(lambda: _ask_plugin(user["exec"], environ))
    return None


def _ask_plugin(plugin: Mapping[str, Any], environ: Mapping[str, str]) -> str:
    """The token of a program that knows (Kubernetes, client-go credential plugins)."""
    command = [plugin["command"], *(plugin.get("args") or [])]
    about = {"apiVersion": plugin["apiVersion"], "kind": "ExecCredential", "spec": {"interactive": False}}
    own = {one["name"]: one["value"] for one in plugin.get("env") or []}
    variables = {**environ, **own, "KUBERNETES_EXEC_INFO": json.dumps(about)}
    try:
        done = subprocess.run(command, capture_output=True, env=variables, check=True, timeout=_PLUGIN_SECONDS)
        return str(json.loads(done.stdout)["status"]["token"])
    except (OSError, subprocess.SubprocessError, ValueError, KeyError) as error:
        raise LaunchError(f"the credential plugin {command[0]} gave no token: {error!r}") from error


def _tls(cluster: Mapping[str, Any], user: Mapping[str, Any]) -> ssl.SSLContext:
    authority = cluster.get("certificate-authority-data")
    context = ssl.create_default_context(cadata=_decoded(authority).decode() if authority else None)
    if cluster.get("insecure-skip-tls-verify"):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if user.get("client-certificate-data"):
        # The library reads files only; the key is in one that nobody else may read, and for no longer than it takes.
        with tempfile.TemporaryDirectory(prefix="pellucid-key-") as folder:
            certificate, key = Path(folder, "certificate"), Path(folder, "key")
            certificate.write_bytes(_decoded(user["client-certificate-data"]))
            key.write_bytes(_decoded(user["client-key-data"]))
            context.load_cert_chain(certificate, key)
    return context


def _decoded(text: str) -> bytes:
    return base64.b64decode(text)


class _Remembered:
    """Asks now and then."""

    def __init__(self, ask: Callable[[], str]) -> None:
        self._ask = ask
        self._answer = ""
        self._asked = float("-inf")

    def __call__(self) -> str:
        if time.monotonic() - self._asked > _TOKEN_SECONDS:
            self._answer = self._ask()
            self._asked = time.monotonic()
        return self._answer
