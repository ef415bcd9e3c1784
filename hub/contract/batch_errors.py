"""The leaf ``Client.Batch.*`` of the tree in `hub.contract.errors`: a batch, or what is sent of it."""

from __future__ import annotations

from typing import Final

from hub.contract.hub_error import ErrorKind

# fmt: off
BATCH_DIGEST: Final = ErrorKind(
    "Client.Batch.Digest", "整批内容的 SHA-256 与清单所列不符，整批未受理。", "The SHA-256 of the batch is not the one that its manifest states; nothing of it was taken.",
    "请核对文件是否完整，重新上传。 Check the file and upload it again.", http=422,
)
BATCH_COUNT: Final = ErrorKind(
    "Client.Batch.Count", "批内记录数与清单所列不符，整批未受理。", "The number of records is not the one that the manifest states; nothing of it was taken.",
    "请核对清单与文件后重新上传。 Check manifest and file, then upload again.", http=422,
)
BATCH_OFFSET: Final = ErrorKind(
    "Client.Batch.Offset", "所传部分与已收到的内容不衔接。", "This part does not continue what is here.",
    "请以 HEAD 取得 Upload-Offset，从该处续传。 Ask with HEAD for Upload-Offset and go on from there.", http=409,
)
# fmt: on
