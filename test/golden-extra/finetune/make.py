"""Writes cases.json from torch, timm 1.0.29 and open_clip 3.3 (see README.md)"""
import json
import math
from collections import OrderedDict
from pathlib import Path

import torch

# torchvision's registration of its operators needs their declarations where its library does not load.
library = torch.library.Library("torchvision", "DEF")
library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

import timm
from open_clip.model import CLIPVisionCfg, _build_vision_tower
from safetensors.torch import load_file
from timm.layers import Mlp

HERE = Path(__file__).parent
GOLDEN = HERE.parent.parent / "golden"
DIM, CLASSES, BATCH, STEPS, SCALE, MARGIN, RATE, DECAY, MOMENTUM, RHO = 6, 5, 3, 3, 8.0, 0.2, 1e-3, 1e-2, 0.9, 0.05
OPTIMIZERS = ["SGD", "Adam", "AdamW", "SAM_Adam", "SAM_AdamW"]


def mix32(z):
    """mix32() of src/common/rng.ts."""
    z = ((z ^ (z >> 16)) * 0x21F0AAAD) & 0xFFFFFFFF
    z = ((z ^ (z >> 15)) * 0x735A2D97) & 0xFFFFFFFF
    return z ^ (z >> 15)


def hashed(count, key, bound=1.0):
    """The same numbers as hashed() of the test: mix32(key * 2^20 + i), scaled to +-bound."""
    bits = mix32(torch.arange(count, dtype=torch.int64) + (key << 20))
    return ((bits.double() / 2**31 - 1) * bound).float()


class ConvNextTower(torch.nn.Module):
    def __init__(self, args):
        super().__init__()
        self.trunk = timm.create_model("convnext_base", pretrained=False, num_classes=0, **args["trunk"])
        width, out = self.trunk.num_features, args["embed_dim"]
        layers = OrderedDict()
        if args.get("timm_proj") == "linear":
            layers["drop"] = torch.nn.Dropout(0)
            layers["proj"] = torch.nn.Linear(width, out, bias=False)
        elif args.get("timm_proj") == "mlp":
            layers["mlp"] = Mlp(width, 2 * out, out, bias=(True, False))
        self.head = torch.nn.Sequential(layers)

    def forward(self, x):
        return self.head(self.trunk(x))


def build(case):
    args = dict(case["args"])
    if case["type"] == "clip_convnext":
        return ConvNextTower(args if case["with_proj_layer"] else {**args, "timm_proj": None})
    if "vision_cfg" in args:
        model = _build_vision_tower(args["embed_dim"], CLIPVisionCfg(**args["vision_cfg"]), args["quick_gelu"])
        if not case["with_proj_layer"]:
            model.proj = None
        return model
    like = args.pop("like")
    args.setdefault("num_classes", 0)
    model = timm.create_model(like, pretrained=False, **args)
    if case["type"] == "sam":
        model.neck = torch.nn.Identity()
        model.forward = lambda x: model.forward_features(x).mean((2, 3))
    return model


class Network(torch.nn.Module):
    """Backbone, linear neck and ArcFace head; returns the mean cross-entropy."""

    def __init__(self, backbone, width):
        super().__init__()
        self.backbone = backbone
        bound = width**-0.5
        self.neck_weight = torch.nn.Parameter(hashed(DIM * width, 101, bound).view(DIM, width))
        self.neck_bias = torch.nn.Parameter(hashed(DIM, 102, bound))
        self.head_weight = torch.nn.Parameter(hashed(CLASSES * DIM, 103, 0.5).view(CLASSES, DIM))

    def forward(self, x, y):
        e = self.backbone(x) @ self.neck_weight.T + self.neck_bias
        c = torch.nn.functional.normalize(e) @ torch.nn.functional.normalize(self.head_weight).T
        theta = torch.acos(c)
        target = torch.where(c > math.cos(math.pi - MARGIN), torch.cos(theta + MARGIN), c - MARGIN * math.sin(MARGIN))
        logits = SCALE * torch.where(torch.nn.functional.one_hot(y, CLASSES).bool(), target, c)
        return torch.nn.functional.cross_entropy(logits, y)


def batch(step, size):
    x = hashed(BATCH * 3 * size * size, 1 + step, 1.7).view(BATCH, 3, size, size)
    return x, torch.tensor([(2 * step + i) % CLASSES for i in range(BATCH)])


def optimizer_of(name, parameters):
    if name == "SGD":
        return torch.optim.SGD(parameters, lr=RATE, momentum=MOMENTUM, weight_decay=DECAY)
    kind = torch.optim.AdamW if name.endswith("AdamW") else torch.optim.Adam
    return kind(parameters, lr=RATE, weight_decay=DECAY)


def step(network, optimizer, name, x, y):
    optimizer.zero_grad()
    loss = network(x, y)
    loss.backward()
    if name.startswith("SAM_"):
        parameters = list(network.parameters())
        norm = torch.stack([p.grad.norm() for p in parameters]).norm()
        before = [p.detach().clone() for p in parameters]
        with torch.no_grad():
            for p in parameters:
                p.add_(p.grad * (RHO / (norm + 1e-12)))
        optimizer.zero_grad()
        network(x, y).backward()
        with torch.no_grad():
            for p, b in zip(parameters, before):
                p.copy_(b)
    optimizer.step()
    return loss.item()


def published(name):
    own = dict(neck_weight="neck.neck.1.weight", neck_bias="neck.neck.1.bias", head_weight="head.weight")
    return own.get(name) or name.removeprefix("backbone.")


def projections(gradient):
    """Its length, and its products with two fixed directions."""
    flat = gradient.flatten().double()
    numbers = [flat.norm()] + [(flat * hashed(flat.numel(), 200 + k).double()).sum() for k in range(2)]
    return [float(f"{x.item():.7g}") for x in numbers]


cases = []
for number, case in enumerate(json.loads((GOLDEN / "backbones" / "cases.json").read_text())):
    tensors = load_file(GOLDEN / "backbones" / f"{case['case']}.safetensors")
    expected, given = tensors.pop("__output"), tensors.pop("__input")
    backbone = build(case)
    used = {n: p for n, p in backbone.named_parameters() if n in tensors}
    missing = backbone.load_state_dict(tensors, strict=False)
    assert all(n.startswith("head.") for n in missing.unexpected_keys), missing  # the projection that is left out
    backbone.eval()  # nothing here behaves otherwise in training but parts that the published settings switch off
    with torch.no_grad():
        assert (backbone(given) - expected).abs().max() < 2e-5, case["case"]
    for name, parameter in backbone.named_parameters():
        parameter.requires_grad_(name in used)
    network = Network(backbone, expected.shape[1])
    x, y = batch(0, case["image_size"])
    network(x, y).backward()
    trained = [(n, p) for n, p in network.named_parameters() if p.grad is not None]
    for name, parameter in network.named_parameters():
        parameter.requires_grad_(parameter.grad is not None)
    # EVA-02's classifier has the head's name: the test keeps them apart by the prefix that checkpoints use.
    name_of = lambda n: n if n == "backbone.head.weight" or n == "backbone.head.bias" else published(n)
    gradients = {name_of(n): projections(p.grad) for n, p in trained}
    optimizer = OPTIMIZERS[number % len(OPTIMIZERS)]
    update = optimizer_of(optimizer, [p for _, p in trained])
    network.parameters = lambda: [p for _, p in trained]
    losses = [step(network, update, optimizer, *batch(s, case["image_size"])) for s in range(STEPS)]
    print(case["case"], optimizer, losses, len(gradients))
    cases.append(dict(case=case["case"], optimizer=optimizer, losses=losses, gradients=gradients))
(HERE / "cases.json").write_text(json.dumps(cases, indent=2) + "\n")  # biome format makes it shorter
