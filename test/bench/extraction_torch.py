"""What the extraction and run benchmarks compare with: PIL and torch, fp32. Arguments: FOLDER MODEL SIZE BATCH IMAGES."""
import json, resource, sys, time

import numpy as np
import timm
import torch
from PIL import Image

folder, name, size, batch, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5])
started, cpu = time.perf_counter(), time.process_time()
model = timm.create_model(name, pretrained=False, num_classes=0, img_size=size).eval()


def load(i):
    image = Image.open(f"{folder}/{i}.jpg").convert("RGB")
    w, h = image.size
    w, h = (size, int(size * h / w)) if w <= h else (int(size * w / h), size)
    image = image.resize((w, h), Image.BICUBIC)
    x, y = round((w - size) / 2), round((h - size) / 2)
    pixels = np.asarray(image.crop((x, y, x + size, y + size)))
    return torch.from_numpy(pixels.copy()).permute(2, 0, 1).float().div(255).sub(0.5).div(0.5)


with torch.inference_mode():
    for first in range(0, count, batch):
        model(torch.stack([load(i) for i in range(first, min(count, first + batch))]))
print(json.dumps({
    "images": count,
    "seconds": time.perf_counter() - started,
    "cpuSeconds": time.process_time() - cpu,
    "peakMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
}))
