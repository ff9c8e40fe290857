"""The ``*_many`` endpoints: the same for each of several rows (protocol §2.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from pellucid.server.errors import ApiError, from_store
from pellucid.store.errors import StoreError, UnavailableError
from pellucid.wire.many import Failure, ManyResponse, Refusal


def for_each(ids: Iterable[str], act: Callable[[str], dict[str, Any]]) -> ManyResponse:
    """Act on each id once, in order; one that is refused does not keep the others from it.

    Args:
        ids: what to act on.
        act: does it, and returns what is to be said of it beside its id.

    Raises:
        UnavailableError: the store does not answer; the rest has not been tried.
    """
    succeeded, failed = [], []
    for key in dict.fromkeys(ids):
        try:
            succeeded.append({"id": key, **act(key)})
        except UnavailableError:
            raise
        except StoreError as error:
            failed.append(_failure(key, from_store(error)))
        except ApiError as error:
            failed.append(_failure(key, error))
    return ManyResponse(succeeded=succeeded, failed=failed)


def _failure(key: str, error: ApiError) -> Failure:
    return Failure(id=key, error=Refusal(codes=(error.code.status, error.code.subcode), msg=error.message))
