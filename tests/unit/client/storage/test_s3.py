"""Whom the keys of S3 are for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pellucid.base.errors import UsageError
from pellucid.client.storage.location import parse_location
from pellucid.client.storage.s3 import S3Access, s3_access

AMAZON = parse_location("s3://bucket/x").place
OWN = parse_location("s3://minio.example:9000/bucket/x").place
FROM_ENVIRONMENT = {"AWS_ACCESS_KEY_ID": "env", "AWS_SECRET_ACCESS_KEY": "env-secret"}
NO_PROFILE = {"AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}


def credentials(**entry: Any) -> dict[str, Any]:
    """One section of the configuration's list, beside general keys."""
    general = {"sdk.aws.s3.key": "general", "sdk.aws.s3.secret": "general-secret", "sdk.aws.s3.region": "eu-north-1"}
    return {**general, "sdk.aws.s3.credentials": [{"key": "own", "secret": "own-secret", **entry}]}


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"bucket": "bucket"}, "own"),
        ({"bucket": "other"}, "env"),
        ({"host": "minio.example:9000"}, "env"),
    ],
)
def test_the_nearest_keys_win(entry: dict[str, str], expected: str) -> None:
    """Those for this bucket, then the environment's, then the general ones (sdk-surface §5)."""
    conf = credentials(**entry)

    assert s3_access(AMAZON, conf, FROM_ENVIRONMENT).key == expected
    assert s3_access(AMAZON, conf, {}).key == ("own" if expected == "own" else "general")
    assert s3_access(AMAZON, conf, {}).region == "eu-north-1"


def test_m196_a_server_of_ones_own() -> None:
    """Encrypted, unless its section says otherwise or it is on this machine."""
    conf = credentials(host="minio.example:9000", secure=False, region="here", verify="/etc/ca.pem")

    assert s3_access(OWN, {}, FROM_ENVIRONMENT).endpoint == "https://minio.example:9000"
    assert s3_access(OWN, conf, {}) == S3Access(
        endpoint="http://minio.example:9000", region="here", key="own", secret="own-secret", verify="/etc/ca.pem"
    )
    local = parse_location("s3://localhost:9000/bucket").place
    assert s3_access(local, {}, FROM_ENVIRONMENT).endpoint == "http://localhost:9000"


def test_a_bucket_of_a_server_wins_over_the_server() -> None:
    """Whatever the order."""
    host = {"host": "minio.example:9000", "key": "host", "secret": "s"}
    conf = {"sdk.aws.s3.credentials": [host, {**host, "bucket": "bucket", "key": "bucket"}]}

    assert s3_access(OWN, conf, {}).key == "bucket"


def test_profiles_of_amazons_tools(tmp_path: Path) -> None:
    """The default one, or the one that is named."""
    file = tmp_path / "credentials"
    file.write_text(
        "[default]\naws_access_key_id = usual\naws_secret_access_key = s\n"
        "[work]\naws_access_key_id = work\naws_secret_access_key = s\naws_session_token = t\n"
    )
    environ = {"AWS_SHARED_CREDENTIALS_FILE": str(file)}

    assert s3_access(AMAZON, {}, environ).key == "usual"
    assert s3_access(AMAZON, {}, {**environ, "AWS_PROFILE": "work"}).token == "t"
    with pytest.raises(UsageError, match=r"'none'.*has none of that name"):
        s3_access(AMAZON, {"sdk.aws.s3.profile": "none"}, environ)


def test_m195_no_credentials() -> None:
    """Are told, unless the machine is given some by its cloud."""
    with pytest.raises(UsageError, match=r"s3://bucket: no credentials; set AWS_ACCESS_KEY_ID"):
        s3_access(AMAZON, {}, NO_PROFILE)
    with pytest.raises(UsageError, match="half of the credentials"):
        s3_access(AMAZON, {"sdk.aws.s3.key": "key"}, NO_PROFILE)
    for environ in ({**NO_PROFILE, "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost/"}, NO_PROFILE):
        conf = {} if len(environ) > 1 else {"sdk.aws.s3.use_credentials_chain": True}
        assert s3_access(AMAZON, conf, environ).key is None


def test_secrets_are_not_shown() -> None:
    """Not in what may get into a log."""
    assert "secret" not in repr(s3_access(AMAZON, credentials(bucket="bucket"), {}))
