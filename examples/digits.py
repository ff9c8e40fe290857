"""Train a classifier of handwritten digits for several epochs, tracked by Pellucid.

The data are scikit-learn's 1,797 scanned digits, which ship with the package. Run it anywhere::

    python digits.py --epochs 12 --learning-rate 0.2
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import joblib
import numpy as np
from sklearn.datasets import load_digits
from sklearn.metrics import confusion_matrix, log_loss
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

from pellucid import Task


def main() -> None:
    """Train, report, and keep the model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=12, help="passes over the training data")
    parser.add_argument("--learning-rate", type=float, default=0.005, help="step size of the optimiser")
    parser.add_argument("--hidden", type=int, default=32, help="units of the hidden layer")
    options = parser.parse_args()

    task = Task.init(project_name="examples", task_name="digits", tags=["demo"], reuse_last_task_id=False)
    logger = task.get_logger()

    digits = load_digits()
    settings = task.connect({"validation_share": 0.25, "batch_size": 64, "scale": 16.0}, name="data")
    split = train_test_split(
        digits.data / settings["scale"],
        digits.target,
        test_size=settings["validation_share"],
        random_state=0,
        stratify=digits.target,
    )
    train_images, validation_images, train_labels, validation_labels = split

    model = MLPClassifier(
        hidden_layer_sizes=(options.hidden,),
        learning_rate_init=options.learning_rate,
        batch_size=settings["batch_size"],
        random_state=0,
    )
    for epoch in range(options.epochs):
        model.partial_fit(train_images, train_labels, classes=np.unique(digits.target))
        for part, images, labels in (
            ("train", train_images, train_labels),
            ("validation", validation_images, validation_labels),
        ):
            probabilities = model.predict_proba(images)
            accuracy = float(np.mean(probabilities.argmax(axis=1) == labels))
            logger.report_scalar("loss", part, value=log_loss(labels, probabilities), iteration=epoch)
            logger.report_scalar("accuracy", part, value=accuracy, iteration=epoch)
        print(f"epoch {epoch + 1}/{options.epochs}: validation accuracy {accuracy:.3f}")
        task.set_progress(100 * (epoch + 1) // options.epochs)

    predicted = model.predict(validation_images)
    logger.report_confusion_matrix(
        "confusion",
        "validation",
        matrix=confusion_matrix(validation_labels, predicted),
        iteration=options.epochs - 1,
        xaxis="predicted",
        yaxis="true",
        xlabels=[str(digit) for digit in digits.target_names],
        ylabels=[str(digit) for digit in digits.target_names],
    )
    logger.report_single_value("validation accuracy", accuracy)

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "digits.joblib"
        joblib.dump(model, file)
        task.upload_artifact("model", file, wait_on_upload=True)
    task.upload_artifact("data summary", {"images": len(digits.data), "classes": len(digits.target_names)})
    task.close()


if __name__ == "__main__":
    main()
