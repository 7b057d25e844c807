"""Ends an upload that is too large before its first byte is kept."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

MEGABYTE = 1024 * 1024
LARGEST_REQUEST = 20 * MEGABYTE


class RefuseTooLarge(FileUploadHandler):
    """First of the upload handlers: a request that says it is larger than LARGEST_REQUEST gets 400 and is not read."""

    def handle_raw_input(
        self,
        input_data: Any,  # noqa: ARG002 -- Django's signature
        META: dict[str, Any],  # noqa: ARG002, N803
        content_length: int,
        boundary: str,  # noqa: ARG002
        encoding: str | None = None,  # noqa: ARG002
    ) -> None:
        """Look at the length the request declares; a web server never reads further than that."""
        if content_length > LARGEST_REQUEST:
            message = f"An upload of {content_length} bytes was refused."
            raise RequestDataTooBig(message)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:  # noqa: ARG002
        """Pass the bytes on to the handlers that keep them."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the handlers that keep it."""
