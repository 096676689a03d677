"""heads/: three batches in a row through a margin head in PyTorch."""
import math

import torch
import torch.nn.functional as F

DEFAULTS = dict(name="ArcFace", k=1, s=30.0, dynamic_s=True, m=0.5, m_max=0.5, m_min=0.2, h=0.333, t_alpha=1.0)
NAMES = ["ArcFace", "DynM-ArcFace", "AdaCos", "LiArcFace", "CurricularFace", "AdaFace"]
WITH_CENTRES = ("ArcFace", "DynM-ArcFace")


def class_margins(counts, m_min, m_max):
    """Margin of each class; the rarest gets m_max."""
    least, most = counts.min(), counts.max()
    if least == most:
        return torch.full_like(counts, m_max)
    return m_min + (m_max - m_min) / 2 * (1 + torch.cos(math.pi * (counts - least) / (most - least)))


class Head(torch.nn.Module):
    """Logits of a margin head; its buffers carry over from batch to batch."""

    def __init__(self, config, weight, counts):
        super().__init__()
        self.c = config
        self.classes = len(counts)
        self.weight = torch.nn.Parameter(weight.clone())
        self.margins = class_margins(counts, config["m_min"], config["m_max"])
        for name, value in self.state(config, self.classes).items():
            self.register_buffer(name, torch.tensor([value], dtype=weight.dtype))

    @staticmethod
    def state(config, classes):
        if config["name"] == "CurricularFace":
            return dict(t=0.0)
        if config["name"] == "AdaFace":
            return dict(t=0.0, batch_mean=20.0, batch_std=100.0)
        return {}

    def forward(self, x, y):
        c, m = self.c, self.c["m"]
        cos = F.normalize(x) @ F.normalize(self.weight).T
        if c["name"] in WITH_CENTRES:
            cos = cos.view(len(x), self.classes, c["k"]).amax(2) if c["k"] > 1 else cos
        cos = cos.clamp(-1, 1)
        target = cos.gather(1, y[:, None])
        is_target = F.one_hot(y, self.classes).bool()
        if c["name"] == "DynM-ArcFace":
            m = self.margins[y][:, None]
        if c["name"] == "AdaCos":
            return self.ada_cos(cos, target, is_target)
        if c["name"] == "LiArcFace":
            angle = torch.acos(cos) + m * is_target
            return c["s"] * (math.pi - 2 * angle) / math.pi
        if c["name"] == "AdaFace":
            return self.ada_face(x, cos, is_target)
        threshold = math.pi - torch.as_tensor(m, dtype=x.dtype)
        shifted = torch.where(target > torch.cos(threshold), torch.cos(torch.acos(target) + m),
                              target - m * torch.sin(threshold))
        others = cos
        if c["name"] == "CurricularFace":
            with torch.no_grad():
                self.t.copy_(0.01 * target.mean() + 0.99 * self.t)
                hard = cos > torch.cos(torch.acos(target) + m)
            others = torch.where(hard, cos * (self.t + cos), cos)
        return c["s"] * torch.where(is_target, shifted, others)

    def ada_cos(self, cos, target, is_target):
        with torch.no_grad():
            if not hasattr(self, "s"):
                self.s = math.sqrt(2) * math.log(self.classes - 1)
            if self.c["dynamic_s"]:
                total = torch.where(is_target, 0, torch.exp(self.s * cos)).sum() / len(cos)
                median = torch.acos(target).median()
                self.s = float(torch.log(total) / torch.cos(median.clamp(max=math.pi / 4)))
        return self.s * cos

    def ada_face(self, x, cos, is_target):
        c, eps = self.c, 1e-3
        with torch.no_grad():
            norms = x.norm(dim=1, keepdim=True).clamp(1e-3, 100)
            for buffer, new in ((self.batch_mean, norms.mean()), (self.batch_std, norms.std())):
                buffer.copy_(c["t_alpha"] * new + (1 - c["t_alpha"]) * buffer)
            q = ((norms - self.batch_mean) / (self.batch_std + eps) * c["h"]).clamp(-1, 1)
        angle = torch.acos(cos.clamp(-1 + eps, 1 - eps)) - c["m"] * q * is_target
        return c["s"] * (torch.cos(angle.clamp(eps, math.pi - eps)) - (c["m"] + c["m"] * q) * is_target)


def run(config, weight, counts, batches, dtype=torch.float32):
    """What each batch gives: logits, loss, gradients."""
    head = Head(config, weight.to(dtype), counts.to(dtype))
    found = {}
    for i, (x, y) in enumerate(batches):
        x = x.to(dtype).requires_grad_(True)
        logits = head(x, y)
        loss = F.cross_entropy(logits, y)
        dx, dw = torch.autograd.grad(loss, [x, head.weight])
        found |= {f"logits{i}": logits.detach(), f"loss{i}": loss.detach()[None], f"dx{i}": dx, f"dw{i}": dw}
    return found


def recompute(case, tensors, dtype=torch.float32):
    """The values that belong to the inputs of a golden file."""
    count = sum(name.startswith("x") for name in tensors)
    batches = [(tensors[f"x{i}"], tensors[f"y{i}"].long()) for i in range(count)]
    return run(case["HEAD"], tensors["weight"], tensors["class_counts"], batches, dtype)


def inputs(config, classes, dim, rows, rng):
    """Centres, class counts and three batches in which some features lie near, and some opposite, their centre."""
    k = config["k"] if config["name"] in WITH_CENTRES else 1
    weight = torch.randn(classes * k, dim, generator=rng) * 0.2
    counts = torch.randint(1, 2000, (classes,), generator=rng).float()
    tensors = dict(weight=weight, class_counts=counts)
    for i in range(3):
        y = torch.randint(0, classes, (rows,), generator=rng)
        x = torch.randn(rows, dim, generator=rng)
        towards = torch.tensor([0.0, 3.0, 0.0, -3.0])[torch.arange(rows) % 4][:, None]
        x = x + towards * F.normalize(weight[y * k]) * dim**0.5
        scale = 10 ** (torch.rand(rows, 1, generator=rng) * 3 - 1.5)
        tensors |= {f"x{i}": x * scale, f"y{i}": y.float()}
    return tensors


SIZES = [(2, 8, 1), (3, 5, 2), (101, 33, 7), (10, 128, 40), (257, 16, 3), (4, 64, 64), (19, 3, 5)]
SMALL_SIZES = [(2, 5, 3), (3, 4, 2), (17, 6, 5), (9, 11, 8), (5, 8, 6)]


def cases(rng, small=False):
    """Every head over its options, each at an own size: classes, embedding, batch."""
    options = {
        "ArcFace": [dict(k=k, s=s, m=m) for k, s, m in
                    [(1, 64.0, 0.0), (2, 10.0, 0.3), (5, 30.0, 0.8), (3, 1.0, 1.2), (1, 16.0, 0.5)]],
        "DynM-ArcFace": [dict(k=k, s=s, m_max=a, m_min=b) for k, s, a, b in
                         [(1, 30.0, 0.5, 0.2), (2, 20.0, 0.9, 0.05), (3, 45.0, 0.4, 0.4), (5, 12.0, 0.6, 0.0)]],
        "AdaCos": [dict(dynamic_s=d) for d in (True, False, True)],
        "LiArcFace": [dict(s=s, m=m) for s, m in [(30.0, 0.45), (64.0, 0.2), (8.0, 1.0)]],
        "CurricularFace": [dict(s=s, m=m) for s, m in [(64.0, 0.5), (20.0, 0.2), (5.0, 0.9)]],
        "AdaFace": [dict(s=s, m=m, h=h, t_alpha=a) for s, m, h, a in
                    [(64.0, 0.4, 0.333, 0.01), (30.0, 0.5, 0.1, 1.0), (20.0, 0.25, 0.9, 0.5), (16.0, 0.7, 2.0, 0.99)]],
    }
    sizes = SMALL_SIZES if small else SIZES
    place = 0
    for name in NAMES:
        for option in options[name]:
            classes, dim, rows = sizes[(place + int(torch.randint(0, 3, (), generator=rng))) % len(sizes)]
            if name == "AdaCos":
                classes = max(classes, 3)  # with two classes its scale is zero
            if name == "AdaFace":
                rows = max(rows, 2)  # one sample has no deviation
            place += 1
            yield dict(name=name, HEAD={**DEFAULTS, "name": name, **option}, C=classes, D=dim, B=rows)
