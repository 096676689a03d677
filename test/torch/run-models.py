"""Loads packaged models with PyTorch and answers, as JSON on standard output, what they compute.

Standard input: [{"model": path, "resaved": path or null, "images": [{"file", "stored", "shape", "dtype"}]}]; a file holds
numbers of the stored type (uint8 if left out), which are converted to the dtype.
"""
import json
import sys
import zipfile

import torch


def run(job):
    damaged = zipfile.ZipFile(job["model"]).testzip()
    model = torch.jit.load(job["model"], map_location="cpu").eval()
    images = []
    for image in job["images"]:
        with open(image["file"], "rb") as file:
            stored = getattr(torch, image.get("stored", "uint8"))
            pixels = torch.frombuffer(bytearray(file.read()), dtype=stored).reshape(image["shape"])
        images.append(pixels.to(getattr(torch, image["dtype"])))
    state = {name: list(value.shape) for name, value in model.state_dict().items()}
    same = None
    with torch.no_grad():
        outputs = [model(image) for image in images]
        if job["resaved"]:
            torch.jit.script(model).save(job["resaved"])
            del model  # one of them at a time in memory
            again = torch.jit.load(job["resaved"]).eval()
            same = all(torch.equal(again(image), out) for image, out in zip(images, outputs))
    return {
        "damaged": damaged,
        "same": same,
        "outputs": [out.flatten().tolist() for out in outputs],
        "shapes": [list(out.shape) for out in outputs],
        "dtypes": [str(out.dtype) for out in outputs],
        "state": state,
    }


torch.set_num_threads(1)
json.dump({"torch": torch.__version__, "results": [run(job) for job in json.load(sys.stdin)]}, sys.stdout)
