"""Which class does a failure of the blob service get?"""

from __future__ import annotations

from typing import Any, cast

import pytest
from azure.core.exceptions import ClientAuthenticationError

from shared.blobs.storage import Blobs, plain_name
from shared.errors import Misconfigured


class NoToken:
    """A blob service whose identity gets no token: the SDK's error then has no status."""

    def get_blob_client(self, container: str, name: str) -> Any:
        """See BlobServiceClient."""
        return self

    async def download_blob(self, **_: Any) -> Any:
        """See BlobClient."""
        raise ClientAuthenticationError("DefaultAzureCredential failed to retrieve a token")


async def test_an_identity_without_a_token_holds_the_job_and_spends_no_attempt() -> None:
    with pytest.raises(Misconfigured) as raised:
        await Blobs(cast(Any, NoToken())).read("wardrobe-images", "red.png")

    assert (raised.value.code, raised.value.dependency) == ("blob_denied", "blob")


@pytest.mark.parametrize("path", ["..", "a/../b", "a%2F..%2Fb", "a%5C..%5Cb", "%2e%2e/b"])
def test_a_name_that_climbs_out_of_its_folder_is_no_name(path: str) -> None:
    assert plain_name(path) == ""
