"""FOLDER TYPE MODEL PROJECTION RUNS THREADS: speed and features of timm's or open_clip's own network, as JSON."""
import json
import sys
import time

import open_clip
import timm
import torch
from safetensors.torch import load_file

folder, type_, name, projection, runs, threads = sys.argv[1:]
torch.set_num_threads(int(threads))
if type_ in ("clip", "clipav2", "meta-clip", "clip_convnext"):
    model = open_clip.create_model(name).visual
elif type_ == "sam":
    model = timm.create_model(name)
    model.neck = torch.nn.Identity()
else:
    dynamic = dict(dynamic_img_size=True) if type_ == "dinov2" else {}
    model = timm.create_model(name, num_classes=0, **dynamic)
if projection == "0" and hasattr(model, "proj"):
    model.proj = None
missing = model.load_state_dict(load_file(f"{folder}/weights.safetensors"), strict=False).missing_keys
assert not [m for m in missing if not m.startswith("head.")], missing
model.eval()
forward = (lambda x: model.forward_features(x).mean((2, 3))) if type_ == "sam" else model
pixels = load_file(f"{folder}/pixels.safetensors")["pixels"]
with torch.inference_mode():
    features = forward(pixels)
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(int(runs)):
        forward(pixels)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
print(json.dumps(dict(cpuSeconds=cpu, seconds=wall, features=features.flatten().tolist())))
