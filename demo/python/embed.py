"""Runs all-MiniLM-L6-v2 on sentences and prints one JSON object a line.

    embed.py --model FILE --tokenizer FILE            embeddings and cosines of three known sentences, then ends
    embed.py --model FILE --tokenizer FILE --serve    answers one sentence a second until it is stopped

FILE may be /proc/self/fd/N: weights that a guard decrypted need never have a name on a disk.
"""

import argparse
import itertools
import json
import os
import sys
import time

# Set before numpy loads its linear algebra: the demonstration shares a small machine with a whole network.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from minilm import MiniLm  # noqa: E402

# The three sentences of the sentence-transformers quickstart, which publishes their cosines for this very model.
SENTENCES = ["The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium."]
SHOWN_VALUES = 4
SERVE_INTERVAL_SECONDS = 1


def main():
    options = parse_arguments()
    started = time.monotonic()
    model = MiniLm(options.model, options.tokenizer)
    say(event="loaded", seconds=round(time.monotonic() - started, 3))
    if options.serve:
        serve(model)
    else:
        compare(model)


def compare(model):
    started = time.monotonic()
    embeddings = [model.embed(sentence) for sentence in SENTENCES]
    say(
        event="embeddings",
        sentences=SENTENCES,
        first_values=[[round(float(value), 6) for value in one[:SHOWN_VALUES]] for one in embeddings],
        cosines=[[round(float(one @ other), 4) for other in embeddings] for one in embeddings],
        dimensions=len(embeddings[0]),
        seconds=round(time.monotonic() - started, 3),
    )


def serve(model):
    for count in itertools.count(1):
        sentence = SENTENCES[count % len(SENTENCES)]
        embedding = model.embed(sentence)
        say(event="heartbeat", count=count, sentence=sentence, first_value=round(float(embedding[0]), 6))
        time.sleep(SERVE_INTERVAL_SECONDS)


def say(**fields):
    sys.stdout.write(json.dumps(fields) + "\n")
    sys.stdout.flush()


def parse_arguments():
    parser = argparse.ArgumentParser(description="Sentence embeddings with all-MiniLM-L6-v2 in numpy")
    parser.add_argument("--model", required=True, help="safetensors file of the weights")
    parser.add_argument("--tokenizer", required=True, help="tokenizer.json of the model")
    parser.add_argument("--serve", action="store_true", help="keep answering, one sentence a second")
    return parser.parse_args()


if __name__ == "__main__":
    main()
