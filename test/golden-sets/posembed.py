"""posembed/: position embeddings resampled by timm."""
import torch
from timm.layers import resample_abs_pos_embed
from timm.models.vision_transformer_sam import get_rel_pos

WIDTH = 8


def recompute(case, table):
    if case["kind"] == "relative":
        return get_rel_pos(case["query_size"], case["key_size"], table)
    return resample_abs_pos_embed(table, case["new"], case["old"], num_prefix_tokens=case["prefix"])


def table(case, rng):
    if case["kind"] == "relative":
        return torch.randn(case["length"], WIDTH, generator=rng)
    return torch.randn(1, case["prefix"] + case["old"][0] * case["old"][1], WIDTH, generator=rng)


def cases(rng):
    side = lambda: int(torch.randint(1, 20, (), generator=rng))
    grids = [((1, 1), (3, 3)), ((16, 16), (1, 1)), ((4, 9), (6, 6)), ((6, 6), (4, 9)), ((5, 3), (5, 3))]
    grids += [((side(), side()), (side(), side())) for _ in range(4)]
    for i, (old, new) in enumerate(grids):
        yield dict(case=f"abs{i}", kind="absolute", old=list(old), new=list(new), prefix=(0, 1, 5)[i % 3])
    lengths = [(1, 1, 1), (3, 3, 27), (9, 9, 5), (14, 14, 27), (4, 7, 13), (6, 3, 9)]
    lengths += [(n := side(), n, 2 * side() - 1) for _ in range(2)]
    for i, (query, key, length) in enumerate(lengths):
        yield dict(case=f"rel{i}", kind="relative", query_size=query, key_size=key, length=length)
