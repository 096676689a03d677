"""backbones/: tiny random networks of timm and open_clip."""
from collections import OrderedDict

import timm
import torch
from open_clip.model import CLIPVisionCfg, _build_vision_tower
from timm.layers import Mlp


class ConvNextTower(torch.nn.Module):
    """open_clip's TimmModel around a small trunk."""

    def __init__(self, embed_dim, trunk, timm_proj="linear", timm_model_name="convnext_base"):
        super().__init__()
        self.trunk = timm.create_model(timm_model_name, pretrained=False, num_classes=0, **trunk)
        width = self.trunk.num_features
        if timm_proj == "mlp":
            layers = dict(mlp=Mlp(width, 2 * embed_dim, embed_dim, bias=(True, False)))
        else:
            layers = dict(proj=torch.nn.Linear(width, embed_dim, bias=False))
        self.head = torch.nn.Sequential(OrderedDict(layers))

    def forward(self, x):
        return self.head(self.trunk(x))


def network(case):
    """The module whose state dict is published, and the function that the case describes."""
    args = dict(case["args"])
    if case["type"] == "clip_convnext":
        tower = ConvNextTower(**args)
        return tower, tower if case["with_proj_layer"] else tower.trunk
    if "vision_cfg" in args:
        tower = _build_vision_tower(args["embed_dim"], CLIPVisionCfg(**args["vision_cfg"]), args.get("quick_gelu", False))
        if not case["with_proj_layer"]:
            tower.proj = None
        return tower, tower
    like = args.pop("like")
    if not case["with_proj_layer"]:
        args["num_classes"] = 0
    other_size = case["image_size"] != args["img_size"]
    if case["type"] == "sam":
        model = timm.model_entrypoint(like)(**args)
        model.neck = torch.nn.Identity()
        return model, lambda x: model.forward_features(x).mean((2, 3))
    if not other_size:
        model = timm.model_entrypoint(like)(**args)
        return model, model
    model = timm.model_entrypoint(like)(dynamic_img_size=True, **args)
    fitting = case["image_size"] // args["patch_size"] * args["patch_size"]  # timm floors only where the size is fixed
    return model, lambda x: model(x[..., :fitting, :fitting])


def recompute(case, tensors, dtype=torch.float32):
    """`__output` of the file's weights and input."""
    module, forward = network(case)
    state = {n: t for n, t in tensors.items() if not n.startswith("__")}
    module.load_state_dict(state)
    module.eval().to(dtype)
    with torch.no_grad():
        return forward(tensors["__input"].to(dtype))


def randomise(module, rng):
    """Weights that let every part of the network matter."""
    for name, p in sorted(module.named_parameters()):
        noise = torch.randn(p.shape, generator=rng)
        if p.ndim > 1:
            free = any(word in name for word in ("pos", "token", "latent"))
            p.data = noise * (0.3 if free else 0.5 / p[0].numel() ** 0.5)
        elif ("norm" in name and name.endswith("weight")) or name.startswith("ln_") or ".ln_" in name:
            p.data = 1 + 0.2 * noise
        elif "gamma" in name:
            p.data = 0.5 + 0.2 * noise
        else:
            p.data = 0.1 * noise


def inputs(case, rng):
    module, _ = network(case)
    randomise(module, rng)
    images = 1 + int(torch.randint(0, 3, (), generator=rng))
    size = case["image_size"]
    pixels = torch.randn(images, 3, size, size, generator=rng)
    return {**{n: p.detach().contiguous() for n, p in module.named_parameters()}, "__input": pixels}


def timm_case(case, type, like, side, patch, width, depth, heads, size=None, proj=False, **args):
    args = dict(like=like, img_size=side, patch_size=patch, embed_dim=width, depth=depth, num_heads=heads, **args)
    return dict(case=case, type=type, library="timm", image_size=size or side, with_proj_layer=proj, args=args)


def clip_case(case, type, size, patch, width, layers, head_width, proj, quick_gelu=False, embed_dim=10, **more):
    cfg = dict(image_size=size, layers=layers, width=width, head_width=head_width, patch_size=patch, **more)
    args = dict(embed_dim=embed_dim, quick_gelu=quick_gelu, vision_cfg=cfg)
    return dict(case=case, type=type, library="open_clip", image_size=size, with_proj_layer=proj, args=args)


def convnext_case(case, size, depths, dims, proj, **args):
    args = dict(embed_dim=14, trunk=dict(depths=depths, dims=dims), **args)
    return dict(case=case, type="clip_convnext", library="open_clip+timm", image_size=size, with_proj_layer=proj, args=args)


def cases(rng):
    n = lambda low, high: int(torch.randint(low, high, (), generator=rng))
    width = lambda heads, multiple=2: heads * multiple * n(2, 7)
    s16, s32gap, so400 = "vit_base_patch16_siglip_224", "vit_base_patch32_siglip_gap_256", "vit_so400m_patch14_siglip_384"
    dino, reg4, giant = "vit_small_patch14_dinov2", "vit_small_patch14_reg4_dinov2", "vit_giant_patch14_dinov2"
    return [
        timm_case("siglip_one_patch", "siglip", s16, 16, 16, width(1), 1, 1),
        timm_case("siglip_deep", "siglip", so400, n(30, 60), 5 + n(0, 5), width(2), 5, 2),
        timm_case("siglip_ratio", "siglip", s16, 40, 8, width(5), 2, 5, mlp_ratio=1.7),
        timm_case("siglip_gap_many_heads", "siglip", s32gap, 33, 10, width(8), 2, 8),
        timm_case("siglip_gap_fc_norm", "siglip", s32gap, 24, 8, width(2), 2, 2, fc_norm=True),
        timm_case("siglip_class_token", "siglip", s16, 24, 8, width(2), 2, 2, class_token=True, global_pool="token"),
        timm_case("siglip_map_class_token", "siglip", s16, 24, 8, width(2), 2, 2, class_token=True, init_values=0.1),
        timm_case("siglip_map_silu", "siglip", s16, 24, 8, width(2), 1, 2, act_layer="silu"),
        timm_case("siglip_quick_gelu", "siglip", s32gap, 24, 12, width(2), 1, 2, act_layer="quick_gelu"),
        timm_case("dinov2_other_patch", "dinov2", dino, 45, 9, width(3), 2, 3),
        timm_case("dinov2_larger", "dinov2", dino, 28, 7, width(3), 2, 3, size=n(29, 60)),
        timm_case("dinov2_reg4_smaller", "dinov2", reg4, 56, 7, width(2), 2, 2, size=n(8, 50)),
        timm_case("dinov2_one_register", "dinov2", reg4, 28, 7, width(2), 2, 2, reg_tokens=1),
        timm_case("dinov2_registers_with_positions", "dinov2", reg4, 28, 7, width(2), 2, 2, no_embed_class=False),
        timm_case("dinov2_avg", "dinov2", reg4, 28, 7, width(2), 2, 2, global_pool="avg"),
        timm_case("dinov2_avg_norm_first", "dinov2", dino, 28, 7, width(2), 2, 2, global_pool="avg", fc_norm=False),
        timm_case("dinov2_map", "dinov2", dino, 28, 7, width(2), 2, 2, global_pool="map"),
        timm_case("dinov2_no_layer_scale", "dinov2", dino, 28, 7, width(2), 2, 2, init_values=None),
        timm_case("dinov2_swiglu", "dinov2", giant, 28, 7, 4 * n(4, 9), 2, 4, mlp_ratio=3.0),
        timm_case("eva02_split", "eva02", "eva02_large_patch14_448", 35, 7, width(2, 4), 3, 2),
        timm_case("eva02_fused_large_reference", "eva02", "eva02_small_patch14_336", 42, 14, width(3, 4), 2, 3, ref_feat_shape=[5, 5]),
        timm_case("eva02_larger", "eva02", "eva02_base_patch14_224", 28, 7, width(2, 4), 2, 2, size=n(29, 60)),
        timm_case("eva02_no_rotary", "eva02", "eva02_base_patch14_224", 28, 7, width(2), 2, 2, use_rot_pos_emb=False),
        timm_case("eva02_plain_mlp_normed", "eva02", "eva02_base_patch14_224", 28, 7, width(2, 4), 2, 2, swiglu_mlp=False),
        timm_case("eva02_unscaled_mlp", "eva02", "eva02_large_patch14_224", 28, 7, width(2, 4), 2, 2, scale_mlp=False),
        timm_case("eva02_fused_scaled", "eva02", "eva02_tiny_patch14_336", 28, 7, width(2, 4), 2, 2, scale_mlp=True, scale_attn_inner=True),
        timm_case("eva02_clip_proj", "eva02", "eva02_large_patch14_clip_336", 28, 7, width(2, 4), 2, 2, proj=True, num_classes=n(1, 30)),
        timm_case("eva02_clip_avg", "eva02", "eva02_base_patch16_clip_224", 48, 16, width(2, 4), 2, 2, global_pool="avg"),
        timm_case("eva02_classifier", "eva02", "eva02_base_patch14_448", 28, 14, width(2, 4), 2, 2, proj=True, num_classes=7),
        timm_case("eva02_post_norm_proj", "eva02", "eva02_enormous_patch14_clip_224", 28, 7, width(2), 3, 2, proj=True, num_classes=9),
        timm_case("eva02_token_fc_norm", "eva02", "eva02_tiny_patch14_224", 28, 7, width(1, 4), 2, 1, global_pool="token", use_fc_norm=True),
        timm_case("sam_no_window", "sam", "samvit_base_patch16", 28, 7, width(2), 2, 2, window_size=0, global_attn_indexes=[]),
        timm_case("sam_window_unfitting", "sam", "samvit_large_patch16", 35, 5, width(2), 3, 2, window_size=4, global_attn_indexes=[0, 2]),
        timm_case("sam_window_beyond_grid", "sam", "samvit_huge_patch16", 24, 8, width(4), 2, 4, window_size=5, global_attn_indexes=[1]),
        timm_case("sam_no_relative", "sam", "samvit_base_patch16", 32, 8, width(2), 2, 2, window_size=2, global_attn_indexes=[1], use_rel_pos=False),
        timm_case("sam_no_absolute", "sam", "samvit_base_patch16", 32, 8, width(2), 2, 2, window_size=3, global_attn_indexes=[0], use_abs_pos=False),
        timm_case("sam_224_absolute", "sam", "samvit_base_patch16_224", 32, 8, width(2), 2, 2, window_size=3, global_attn_indexes=[0], use_abs_pos=True),
        timm_case("sam_larger", "sam", "samvit_base_patch16", 24, 6, width(2), 2, 2, size=6 * n(5, 9), window_size=3, global_attn_indexes=[1]),
        clip_case("clip_tok_norm_after", "clip", 30, 10, width(2), 2, 4, True, final_ln_after_pool=True),
        clip_case("clip_avg_norm_before", "clip", 27, 9, width(3), 2, 6, True, pool_type="avg"),
        clip_case("clip_no_pre_norm", "clip", 24, 8, width(4), 1, 8, False, no_ln_pre=True),
        clip_case("clip_unfitting", "clip", 31, 8, width(2), 4, 4, True, embed_dim=33, quick_gelu=True),
        clip_case("clip_one_patch", "meta-clip", 8, 8, width(2), 1, 2, True, mlp_ratio=2.3, quick_gelu=True),
        clip_case("metaclip_narrow_heads", "meta-clip", 24, 6, 24, 2, 3, False),
        clip_case("clipa_pre_norm", "clipav2", 24, 8, width(2), 2, 4, True, pool_type="avg", final_ln_after_pool=True),
        clip_case("clipa_odd", "clipav2", 29, 7, width(2), 3, 2, False, no_ln_pre=True, pool_type="avg", final_ln_after_pool=True, mlp_ratio=4.9231),
        convnext_case("convnext_smallest", 32, [1, 1, 1, 1], [4, 8, 8, 12], True),
        convnext_case("convnext_unfitting", 32 + n(1, 60), [2, 1, 1, 2], [8, 8, 16, 8], True, timm_proj="mlp"),
        convnext_case("convnext_deep", 64, [1, 2, 4, 1], [6, 10, 14, 20], False),
        convnext_case("convnext_xxlarge_norm", 48, [1, 1, 1, 1], [8, 8, 8, 8], True, timm_model_name="convnext_xxlarge"),
    ]
