"""``predict``: a model's predictions for recordings, computed here or on a board."""

from __future__ import annotations

import argparse
from contextlib import suppress
from pathlib import Path

from microbit_ml.cli.arguments import again, board_name, check_order, or_virtual
from microbit_ml.common.wording import command
from microbit_ml.console.screen import plural, print_json, print_table, progress_bar, say
from microbit_ml.errors import BoardError
from microbit_ml.model import Model, Prediction
from microbit_ml.recordings import Dataset
from microbit_ml.recordings.formats.any_file import read_source


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``predict``."""
    parser.add_argument("model", type=Path, metavar="MODEL", help="a .mbml file")
    parser.add_argument(
        "source",
        type=Path,
        metavar="FILE-or-DATASET",
        help="a recording (.csv), a CreateAI or npz file, or a data set's folder",
    )
    parser.add_argument("--json", action="store_true", help="print JSON for a program")
    parser.add_argument(
        "--board",
        type=board_name,
        metavar="BOARD",
        help="let a board compute: virtual:v1, virtual:v2, or a board's port, drive or id "
        "(default: this computer, with the same integers)",
    )


def run(args: argparse.Namespace) -> None:
    """Print the prediction for each recording."""
    check_order(args, args.model, args.source)
    model = Model.load(args.model)
    data = read_source(args.source)
    prediction = _prediction(args, model, data)
    if args.json:
        print_json(
            [
                {
                    "recording": recording.path,
                    "label": prediction.labels[i],
                    "scores": prediction.scores[i].tolist(),
                    "confidence": int(prediction.confidence[i]),
                    "features": prediction.features[i].tolist(),
                }
                for i, recording in enumerate(data)
            ]
        )
        return
    print_table(
        [
            "recording",
            "predicted",
            "top-1 class",
            "confidence",
            *(f"score {x}" for x in model.labels),
        ],
        [
            [
                recording.path,
                prediction.labels[i] or "unknown",
                prediction.best[i],
                int(prediction.confidence[i]),
                *prediction.scores[i].tolist(),
            ]
            for i, recording in enumerate(data)
        ],
        left=3,
    )
    if any(recording.label for recording in data):
        say(f"Next: how good is it? {command('evaluate', args.model, args.source)}")
    else:
        say(f"Next: {command('build', args.model)}")


def _prediction(args: argparse.Namespace, model: Model, data: Dataset) -> Prediction:
    board = args.board
    if board is None:
        return model.predict(data)
    from microbit_ml.board.boards import board_address
    from microbit_ml.deploy.predict import (  # loads what talks to boards
        predict_on_board,
        roomy_boards,
    )

    with suppress(BoardError):  # for a name of no board: opening it says which ports there are
        board = board_address(board)
    say(f"Sending {plural(len(data), 'window')} to {board} ...")
    on_virtual = again(args, "--board", roomy_boards()[0], without="--board")
    with or_virtual(on_virtual), progress_bar("Predicting", len(data)) as update:
        return predict_on_board(
            model, model.windows(data), board, lambda done, n: update(done, "windows")
        )
