"""The part of ``Task`` that is given credentials of buckets in code (sdk-surface §3)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pellucid.base.errors import UsageError
from pellucid.sdk.arguments import check_text
from pellucid.sdk.session import Session


class CredentialMethods:
    """Credentials for the files of this task: they come before those that are configured, and are on no server."""

    _session: Session | None

    def setup_aws_upload(
        self,
        bucket: str,
        subdir: str | None = None,
        host: str | None = None,
        key: str | None = None,
        secret: str | None = None,
        token: str | None = None,
        region: str | None = None,
        multipart: bool = True,
        secure: bool = True,
        verify: bool | str = True,
        profile: str | None = None,
    ) -> None:
        """Use these credentials for a bucket of S3 (seed, Setting Upload Destination).

        Args:
            bucket: its name.
            subdir, multipart: accepted for existing scripts: credentials hold for the whole bucket, and big files are
                always sent in parts.
            host: ``host:port`` of a server other than Amazon's, as in ``s3://host:port/bucket``.
            key, secret: the credentials.
            token: of credentials that expire.
            region: where the bucket is.
            secure: whether that server speaks https.
            verify: whether certificates are checked, or the path of a bundle to check them with.
            profile: of ``~/.aws/credentials``, in place of keys.

        Raises:
            UsageError: there is no bucket, or half of the credentials, or neither them nor a profile.
        """
        if bool(key) != bool(secret) or not (key or profile):
            raise UsageError("setup_aws_upload: allowed are key and secret, or profile")
        entry = {
            "bucket": check_text("bucket", bucket).strip("/"),
            "host": host,
            "key": key,
            "secret": secret,
            "token": token,
            "region": region,
            "secure": secure,
            "verify": verify,
            "profile": profile,
        }
        self._give("sdk.aws.s3.credentials", entry)

    def setup_upload(
        self,
        bucket_name: str,
        host: str | None = None,
        access_key: str | None = None,
        secret_key: str | None = None,
        multipart: bool = True,
        https: bool = True,
        region: str | None = None,
        verify: bool | str = True,
    ) -> None:
        """The same as ``setup_aws_upload``, whose arguments have other names."""
        self.setup_aws_upload(
            bucket_name,
            host=host,
            key=access_key,
            secret=secret_key,
            region=region,
            multipart=multipart,
            secure=https,
            verify=verify,
        )

    def setup_gcp_upload(
        self,
        bucket: str,
        subdir: str = "",
        project: str | None = None,
        credentials_json: str | Path | None = None,
        pool_connections: int | None = None,
        pool_maxsize: int | None = None,
    ) -> None:
        """Use this account for a bucket of Google Cloud Storage.

        Args:
            bucket: its name.
            credentials_json: path of the account's file.
            subdir, project, pool_connections, pool_maxsize: accepted for existing scripts, without effect.

        Raises:
            UsageError: there is no bucket, or no such file.
        """
        path = Path(str(credentials_json)).expanduser().absolute() if credentials_json is not None else None
        if path is None or not path.is_file():
            raise UsageError(f"credentials_json is {credentials_json!r}; allowed is the path of an account's file")
        entry = {"bucket": check_text("bucket", bucket).strip("/"), "credentials_json": str(path)}
        self._give("sdk.google.storage.credentials", entry)

    def setup_azure_upload(
        self,
        account_name: str,
        account_key: str | None = None,
        container_name: str | None = None,
        use_default_credential: bool = False,
    ) -> None:
        """Use this key for containers of Azure Blob Storage.

        Args:
            account_name: the storage account.
            account_key: its key.
            container_name: the only container that it is for; ``None`` for all of the account.
            use_default_credential: to use what the machine is given by its cloud, in place of a key.

        Raises:
            UsageError: there is no account, or neither a key nor that.
        """
        if not use_default_credential:
            check_text("account_key", account_key)
        entry = {
            "account_name": check_text("account_name", account_name),
            "account_key": None if use_default_credential else account_key,
            "container_name": container_name,
            "use_credentials_chain": use_default_credential,
        }
        self._give("sdk.azure.storage.containers", entry)

    def _give(self, section: str, entry: dict[str, Any]) -> None:
        from pellucid.client.storage.own_credentials import give  # late: few programs need what belongs to storage

        give(section, entry, None if self._session is None else self._session.run.folder)
