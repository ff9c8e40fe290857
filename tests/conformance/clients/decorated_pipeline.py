"""Runs a pipeline written with decorators under the unmodified ``clearml`` package, all on this machine."""

# No import from __future__: the package puts it into the middle of the programs that it makes of the steps.
import json

from clearml import PipelineDecorator


@PipelineDecorator.component(return_values=["words"])
def split(text):
    """Cut a text into words."""
    return text.split()


@PipelineDecorator.component(return_values=["longest"])
def longest(words):
    """Choose the longest word."""
    return max(words, key=len)


@PipelineDecorator.pipeline(
    name="words", project="conformance/pipelines", version="0.1.0", return_value="found", pool_frequency=0.01
)
def find(text="a bb ccc"):
    """Both steps, one after the other."""
    return longest(split(text))


if __name__ == "__main__":
    PipelineDecorator.run_locally()
    print("RESULT " + json.dumps(str(find(text="ein größeres Maß"))))
