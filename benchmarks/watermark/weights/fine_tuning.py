"""Trains a small network on scans of handwritten digits, marks it, trains it on, and prints what is left.

    python3 -m venv .cache/weights && .cache/weights/bin/pip install numpy scikit-learn
    .cache/weights/bin/python benchmarks/watermark/weights/fine_tuning.py

The scans are those that scikit-learn carries (UCI optical recognition of handwritten digits, CC BY 4.0): 1,797 of 8 x 8
pixels. Everything is drawn from fixed seeds; the marks are made and found by the command line of this project.
"""
import json
import pathlib
import struct
import subprocess
import tempfile

import numpy as np
from sklearn.datasets import load_digits

ROOT = pathlib.Path(__file__).resolve().parents[3]
SCHEME = ROOT / "libs/watermark/schemes/weights-projection-v1.json"
PAYLOAD = "0123456789abcdef"
SHAPES = [(256, 64), (256, 256), (10, 256)]
RNG = np.random.default_rng(0)


def registry(*arguments):
    command = ["node", str(ROOT / "clients/cli/dist/main.js"), "watermark", *map(str, arguments)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def save(path, tensors):
    header, data = {}, b""
    for name, values in tensors.items():
        raw = values.astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(values.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def load(path):
    raw = path.read_bytes()
    length = struct.unpack("<Q", raw[:8])[0]
    header, data = json.loads(raw[8 : 8 + length]), raw[8 + length :]
    return {
        name: np.frombuffer(data[slice(*t["data_offsets"])], "<f4").reshape(t["shape"]).astype(float)
        for name, t in header.items()
    }


def new_network():
    weights = {f"fc{i}.weight": RNG.standard_normal(s) * np.sqrt(2 / s[1]) for i, s in enumerate(SHAPES)}
    return weights | {f"fc{i}.bias": np.zeros(s[0]) for i, s in enumerate(SHAPES)}


def activations(network, x):
    results = [x]
    for i in range(3):
        z = results[-1] @ network[f"fc{i}.weight"].T + network[f"fc{i}.bias"]
        results.append(np.maximum(z, 0) if i < 2 else z)
    return results


def accuracy(network, x, y):
    return float((activations(network, x)[-1].argmax(1) == y).mean())


def gradients(network, x, y):
    a = activations(network, x)
    g = np.exp(a[-1] - a[-1].max(1, keepdims=True))
    g /= g.sum(1, keepdims=True)
    g[np.arange(len(y)), y] -= 1
    g /= len(y)
    result = {}
    for i in (2, 1, 0):
        result[f"fc{i}.weight"], result[f"fc{i}.bias"] = g.T @ a[i], g.sum(0)
        if i:
            g = (g @ network[f"fc{i}.weight"]) * (a[i] > 0)
    return result


def train(network, x, y, epochs, rate):
    """Adam with its usual constants, 32 scans at a time; cross-entropy."""
    network = {name: values.copy() for name, values in network.items()}
    first = {name: np.zeros_like(values) for name, values in network.items()}
    second = {name: np.zeros_like(values) for name, values in network.items()}
    step = 0
    for _ in range(epochs):
        order = RNG.permutation(len(x))
        for start in range(0, len(x), 32):
            some, step = order[start : start + 32], step + 1
            for name, g in gradients(network, x[some], y[some]).items():
                first[name] = 0.9 * first[name] + 0.1 * g
                second[name] = 0.999 * second[name] + 0.001 * g * g
                scale = np.sqrt(second[name] / (1 - 0.999**step)) + 1e-8
                network[name] -= rate * first[name] / (1 - 0.9**step) / scale
    return network


def moved(a, b):
    names = [name for name in a if name.endswith("weight")]
    return float(np.sqrt(sum(((a[n] - b[n]) ** 2).sum() for n in names) / sum((a[n] ** 2).sum() for n in names)))


def main():
    x, y = load_digits(return_X_y=True)
    x = x / 16 - 0.3
    order = RNG.permutation(len(x))
    x, y = x[order], y[order]
    one, two, test = slice(0, 700), slice(700, 1300), slice(1300, None)

    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        key = folder / "key"
        key.write_text("07" * 32)

        def row(what, network, truth, before=None):
            path = folder / "network.safetensors"
            save(path, network)
            found = registry("detect", "--scheme", SCHEME, "--key", key, "--in", path)
            change = "" if before is None else f"{moved(before, network):.3f}"
            exact = found.get("payload") == PAYLOAD
            print(f"| {what} | {truth:.3f} | {change} | {found['decision']} | {exact} | {found['log10_p']} |", flush=True)

        trained = train(new_network(), x[one], y[one], 30, 1e-3)
        save(folder / "trained.safetensors", trained)
        marked_path = folder / "marked.safetensors"
        report = registry(
            *("embed", "--scheme", SCHEME, "--payload", PAYLOAD, "--key", key),
            *("--in", folder / "trained.safetensors", "--out", marked_path),
        )
        print(json.dumps(report))
        marked = load(marked_path)
        print("| network | accuracy | moved by | decision | payload exact | log10 p |")
        print("| --- | --- | --- | --- | --- | --- |")
        row("trained", trained, accuracy(trained, x[test], y[test]))
        row("marked", marked, accuracy(marked, x[test], y[test]), trained)
        for rate in (1e-3, 5e-3):
            tuned, done = marked, 0
            for epochs in (1, 5, 20, 100):
                tuned, done = train(tuned, x[two], y[two], epochs - done, rate), epochs
                row(f"other scans, {epochs} epochs at {rate}", tuned, accuracy(tuned, x[test], y[test]), marked)
        # Another task on other pictures: odd or even, dark and light exchanged, the last layer from chance.
        tuned, done = dict(marked), 0
        tuned["fc2.weight"] = RNG.standard_normal(SHAPES[2]) * 0.09
        for epochs in (5, 20, 100):
            tuned, done = train(tuned, -x[two], y[two] % 2, epochs - done, 1e-3), epochs
            row(f"another task, {epochs} epochs", tuned, accuracy(tuned, -x[test], y[test] % 2), marked)


if __name__ == "__main__":
    main()
