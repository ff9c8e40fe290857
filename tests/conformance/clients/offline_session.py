"""Records an offline session with something of each kind; with an argument, imports one as the client itself does."""

import json
import sys
from pathlib import Path

from clearml import Task


def record() -> str:
    """Make a session; returns the path of its folder."""
    Task.set_offline(True)
    task = Task.init("Import/Genuine", "offline session", tags=["blue"], auto_resource_monitoring=False)
    task.connect({"rate": 0.1, "layers": [1, 2]})
    task.connect_configuration({"a": 1}, name="conf")
    task.set_comment("a comment")
    logger = task.get_logger()
    for iteration in range(5):
        logger.report_scalar("loss", "train", 1 / (iteration + 1), iteration)
    logger.report_single_value("best", 0.5)
    logger.report_text("a line\nand another")
    logger.report_histogram("counts", "series", values=[1, 2, 3], iteration=1)
    image = Path("image.png")
    image.write_bytes(bytes.fromhex(PIXEL))
    logger.report_image("images", "pixel", iteration=2, local_path=str(image), delete_after_upload=False)
    weights = Path("weights.bin")
    weights.write_bytes(b"weights" * 1000)
    task.upload_artifact("settings", {"a": 1})
    task.upload_artifact("weights", str(weights))
    task.upload_artifact("elsewhere", "https://example.com/x.csv")
    task.close()
    return str(task.get_offline_mode_folder())


PIXEL = (
    "89504e470d0a1a0a0000000d49484452000000010000000108020000009077"
    "53de0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
)

if __name__ == "__main__":
    result = Task.import_offline_session(sys.argv[1]) if len(sys.argv) > 1 else record()
    print("RESULT " + json.dumps(result))
