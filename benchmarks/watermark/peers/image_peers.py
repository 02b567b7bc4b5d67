"""Marks and reads pictures with other people's programs, one request a line.

A request and an answer are JSON objects on one line each:
  {"op": "embed", "peer": "dwtDct", "bits": "0101…", "input": PATH, "output": PATH} -> {"seconds": CPU seconds}
  {"op": "detect", "peer": "dwtDct", "length": 32, "input": PATH} -> {"bits": "0101…", "seconds": CPU seconds}
Both also give "memory", the peak resident size of this process so far in MiB. A failure is {"error": TEXT}.
"""

import json
import resource
import sys
import types

import cv2
import numpy as np


def cpu_seconds():
    own = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def read(path):
    image = cv2.imread(path, cv2.IMREAD_COLOR)
    if image is None:
        raise ValueError("the picture cannot be read")
    return image


class InvisibleWatermark:
    """invisible-watermark's dwtDct and dwtDctSvd, with its defaults."""

    def __init__(self, method):
        # Its package imports torch for rivaGan's class alone, which is not used here.
        sys.modules.setdefault("torch", types.ModuleType("torch"))
        from imwatermark import WatermarkDecoder, WatermarkEncoder

        self.method, self.encoder, self.decoder = method, WatermarkEncoder, WatermarkDecoder

    def embed(self, image, bits):
        encoder = self.encoder()
        encoder.set_watermark("bits", bits)
        return encoder.encode(image, self.method)

    def detect(self, image, length):
        return self.decoder("bits", length).decode(image, self.method)


class RivaGan:
    """The two networks that invisible-watermark carries for rivaGan, fed as its class feeds them, without torch."""

    THRESHOLD = 0.52

    def __init__(self):
        import importlib.util
        import os

        import onnxruntime

        folder = os.path.dirname(importlib.util.find_spec("imwatermark").origin)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.encoder, self.decoder = (
            onnxruntime.InferenceSession(os.path.join(folder, name), options)
            for name in ("rivagan_encoder.onnx", "rivagan_decoder.onnx")
        )

    @staticmethod
    def frame(image):
        values = np.array([image], dtype=np.float32) / 127.5 - 1.0
        return values.transpose(3, 0, 1, 2)[np.newaxis]

    def embed(self, image, bits):
        data = np.array([bits], dtype=np.float32)
        marked = self.encoder.run(None, {"frame": self.frame(image), "data": data})[0]
        values = np.clip(marked, -1.0, 1.0)[0, :, 0].transpose(1, 2, 0)
        return ((values + 1.0) * 127.5).astype("uint8")

    def detect(self, image, length):
        return self.decoder.run(None, {"frame": self.frame(image)})[0][0] > self.THRESHOLD


class BlindWatermark:
    """blind_watermark in its bit mode, passwords 1 and 1 as in its documentation."""

    def __init__(self):
        import blind_watermark
        from blind_watermark import WaterMark

        blind_watermark.bw_notes.close()
        self.mark = lambda: WaterMark(password_wm=1, password_img=1, processes=1)

    def embed(self, image, bits):
        mark = self.mark()
        mark.read_img(img=image)
        mark.read_wm([bit == 1 for bit in bits], mode="bit")
        return np.clip(np.round(mark.embed()), 0, 255).astype("uint8")

    def detect(self, image, length):
        read = self.mark().extract(embed_img=image, wm_shape=length, mode="bit")
        return np.array(read) >= 0.5


MAKERS = {
    "dwtDct": lambda: InvisibleWatermark("dwtDct"),
    "dwtDctSvd": lambda: InvisibleWatermark("dwtDctSvd"),
    "rivaGan": RivaGan,
    "blind_watermark": BlindWatermark,
}
made = {}


def answer(request):
    name = request["peer"]
    if name not in made:
        made[name] = MAKERS[name]()
    image = read(request["input"])
    before = cpu_seconds()
    if request["op"] == "embed":
        marked = made[name].embed(image, [int(bit) for bit in request["bits"]])
        result = {"seconds": cpu_seconds() - before}
        cv2.imwrite(request["output"], marked, [cv2.IMWRITE_PNG_COMPRESSION, 1])
        return result
    bits = made[name].detect(image, request["length"])
    return {"bits": "".join("1" if bit else "0" for bit in bits), "seconds": cpu_seconds() - before}


def main():
    for line in sys.stdin:
        try:
            result = answer(json.loads(line))
        except Exception as error:  # whatever a peer throws is its result
            result = {"error": f"{type(error).__name__}: {error}"}
        result["memory"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    cv2.setNumThreads(1)
    main()
