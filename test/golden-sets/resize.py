"""resize/: images of many kinds as Pillow decodes and resizes them, and as torch resizes them."""
import io

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image


def planes(image):
    return torch.from_numpy(np.array(image).transpose(2, 0, 1).copy())


def recompute(case, path):
    size = case["size"]
    image = Image.open(path).convert("RGB")
    short = min(image.size)
    width, height = (size if n == short else int(size * n / short) for n in image.size)
    resized = image.resize((width, height), Image.Resampling.BICUBIC)
    left, top = round((width - size) / 2), round((height - size) / 2)
    rgb = planes(image)
    floats = F.interpolate(rgb[None].float(), (size, size), mode="bicubic", antialias=True, align_corners=False)[0]
    return dict(rgb=rgb, clip_transform=planes(resized.crop((left, top, left + size, top + size))),
                inference_float=floats, inference_uint8=floats.clamp(0, 255).round().byte())


def cases(rng):
    """(mode, width, height, target size, format, options of Pillow's `save`)"""
    n = lambda low, high: int(torch.randint(low, high, (), generator=rng))
    return [
        ("RGB", 1, 1, 8, "png", {}), ("RGB", 1, 90, 16, "png", {}), ("RGB", 400, 3, 5, "png", {}),
        ("RGB", 33, 33, 33, "png", {}), ("RGB", 47, 33, 33, "png", {}), ("RGB", n(2, 200), n(2, 200), n(1, 70), "png", {}),
        ("RGB", n(2, 200), n(2, 200), n(1, 70), "jpg", dict(quality=90)),
        ("RGB", n(2, 200), n(2, 200), n(1, 70), "jpg", dict(quality=40, progressive=True)),
        ("L", n(9, 90), n(9, 90), 24, "jpg", {}), ("CMYK", 41, 30, 20, "jpg", dict(quality=85)),
        ("I;16", 40, 31, 20, "png", {}), ("LA", 31, 44, 20, "png", {}), ("1", 50, 41, 24, "png", {}),
        ("P", 35, 30, 20, "png", dict(transparency=3)), ("P", 40, 30, 20, "gif", {}),
        ("RGB", 37, 52, 30, "webp", dict(quality=80)), ("RGBA", 37, 52, 30, "webp", dict(lossless=True)),
        ("RGBA", 20, 21, 40, "png", {}),
    ]


def encoded(mode, width, height, kind, options, rng):
    """A file of smooth colours with noise."""
    ramp = torch.linspace(0, 200, width)[None, :, None] * torch.linspace(0.2, 1, height)[:, None, None]
    channels = {"RGB": 3, "RGBA": 4, "LA": 2, "CMYK": 4, "L": 1, "1": 1, "P": 3, "I;16": 1}[mode]
    pixels = (ramp + torch.randint(0, 56, (height, width, channels), generator=rng)).to(torch.uint8).numpy()
    if mode == "I;16":
        image = Image.fromarray(pixels[..., 0].astype(np.uint16) * 257)
    elif mode in ("L", "1"):
        image = Image.fromarray(pixels[..., 0]).convert(mode)
    elif mode == "P":
        image = Image.fromarray(pixels).quantize(32)
    else:
        image = Image.frombytes(mode, (width, height), pixels.tobytes())
    file = io.BytesIO()
    image.save(file, dict(jpg="JPEG").get(kind, kind.upper()), **options)
    return file.getvalue()
