"""Writes backbones/*.safetensors and cases.json from timm 1.0.29 and open_clip 3.3 (see README.md)."""
import json
from collections import OrderedDict
from pathlib import Path

import timm
import torch
from open_clip.model import CLIPVisionCfg, _build_vision_tower
from safetensors.torch import save_file
from timm.layers import Mlp

OUT = Path(__file__).parent / "backbones"
CASES = []


def randomise(model, seed):
    """Weights that let every part of the network matter."""
    g = torch.Generator().manual_seed(seed)
    for name, p in sorted(model.named_parameters()):
        noise = torch.randn(p.shape, generator=g)
        if p.ndim > 1:
            free = any(word in name for word in ("pos", "token", "latent"))
            p.data = noise * (0.3 if free else 0.5 / p[0].numel() ** 0.5)
        elif ("norm" in name and name.endswith("weight")) or name.startswith("ln_") or ".ln_" in name:
            p.data = 1 + 0.2 * noise
        elif "gamma" in name:
            p.data = 0.5 + 0.2 * noise
        else:
            p.data = 0.1 * noise


def add(case, type, library, proj, args, model, size, seed, forward=None):
    randomise(model, seed)
    model.eval()
    g = torch.Generator().manual_seed(seed + 1000)
    x = torch.randn(2, 3, size, size, generator=g).requires_grad_(True)
    y = (forward or model)(x)
    readout = torch.randn(y.shape, generator=g)
    (y * readout).sum().backward()
    used = {n: p for n, p in model.named_parameters() if p.grad is not None}
    tensors = {n: p.detach() for n, p in used.items()}
    tensors |= {f"__grad.{n}": p.grad for n, p in used.items()}
    tensors |= {"__input": x.detach(), "__output": y.detach(), "__readout": readout, "__grad.pixels": x.grad}
    save_file({n: t.contiguous() for n, t in tensors.items()}, OUT / f"{case}.safetensors")
    CASES.append(dict(case=case, type=type, library=library, image_size=size, with_proj_layer=proj, args=args))


def timm_case(case, type, like, args, size, seed, **extra):
    model = timm.create_model(like, pretrained=False, num_classes=0, **args, **extra)
    forward = None
    if type == "sam":
        model.neck = torch.nn.Identity()
        forward = lambda x: model.forward_features(x).mean((2, 3))
    add(case, type, "timm", False, {"like": like, **args}, model, size, seed, forward)


def clip_case(case, type, vision_cfg, quick_gelu, proj, seed):
    cfg = dict(image_size=24, layers=2, width=16, head_width=8, patch_size=8, **vision_cfg)
    model = _build_vision_tower(12, CLIPVisionCfg(**cfg), quick_gelu=quick_gelu)
    if not proj:
        model.proj = None
    args = dict(embed_dim=12, quick_gelu=quick_gelu, vision_cfg=cfg)
    add(case, type, "open_clip", proj, args, model, 24, seed)


class ConvNextTower(torch.nn.Module):
    def __init__(self, trunk):
        super().__init__()
        self.trunk = timm.create_model("convnext_base", pretrained=False, num_classes=0, **trunk)
        head = Mlp(self.trunk.num_features, 24, 12, bias=(True, False))
        self.head = torch.nn.Sequential(OrderedDict(mlp=head))

    def forward(self, x):
        return self.head(self.trunk(x))


def vit(side, patch, depth=2, width=16, **more):
    return dict(img_size=side, patch_size=patch, embed_dim=width, depth=depth, num_heads=2, **more)


OUT.mkdir(exist_ok=True)
DYNAMIC = dict(dynamic_img_size=True)
timm_case("dinov2_smaller_input", "dinov2", "vit_small_patch14_dinov2", vit(28, 7), 21, 1, **DYNAMIC)
timm_case("dinov2_reg4_larger_input", "dinov2", "vit_small_patch14_reg4_dinov2", vit(21, 7, 1), 35, 2, **DYNAMIC)
timm_case("dinov2_swiglu", "dinov2", "vit_giant_patch14_reg4_dinov2", vit(14, 7, 1, 24), 14, 3)
timm_case("siglip_map_unfitting_size", "siglip", "vit_base_patch16_siglip_224", vit(27, 8), 27, 4)
timm_case("siglip_gap_tanh", "siglip", "vit_base_patch32_siglip_gap_256", vit(24, 8, 1), 24, 5)
timm_case("eva02_rotary_larger_input", "eva02", "eva02_base_patch14_224", vit(14, 7), 28, 6, **DYNAMIC)
timm_case("eva02_postnorm", "eva02", "eva02_enormous_patch14_clip_224", vit(14, 7, 1), 14, 7)
SAM = "samvit_base_patch16"
timm_case("sam_larger_input", "sam", SAM, vit(16, 4, window_size=3, global_attn_indexes=[1]), 28, 8)
timm_case("sam_smaller_input", "sam", SAM, vit(24, 4, window_size=4, global_attn_indexes=[1]), 12, 9)
clip_case("clip_quickgelu_proj", "clip", {}, True, True, 10)
CLIPA = dict(no_ln_pre=True, pool_type="avg", final_ln_after_pool=True)
clip_case("clipa_avg", "clipav2", CLIPA, False, False, 11)
TRUNK = dict(depths=[1, 1, 1, 1], dims=[8, 8, 12, 16])
ARGS = dict(embed_dim=12, timm_proj="mlp", trunk=TRUNK)
add("convnext_mlp_head", "clip_convnext", "open_clip+timm", True, ARGS, ConvNextTower(TRUNK), 64, 12)
REGISTERS = dict(reg_tokens=2, global_pool="map")
timm_case("dinov2_map_beside_prefix", "dinov2", "vit_small_patch14_reg4_dinov2", vit(21, 7, 1, 8, **REGISTERS), 21, 13)
(OUT / "cases.json").write_text(json.dumps(CASES, indent=1) + "\n")
