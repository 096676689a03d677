"""probe/: training of neck and head on fixed features in PyTorch, in file order, without dropout."""
import itertools
import math

import torch
import torch.nn.functional as F

import heads

OPTIMIZERS = ["SGD", "Adam", "AdamW", "SAM_Adam", "SAM_AdamW"]
RHO = 0.05
WEIGHT, BIAS = "neck.neck.1.weight", "neck.neck.1.bias"


def base_optimizer(config, parameters):
    lr, decay = config["lr"], config["weight_decay"]
    if config["name"] == "SGD":
        return torch.optim.SGD(parameters, lr, momentum=config["momentum"], weight_decay=decay)
    kind = torch.optim.AdamW if config["name"].endswith("AdamW") else torch.optim.Adam
    return kind(parameters, lr, weight_decay=decay)


def annealed(case, t, period):
    lr, low = case["OPTIMIZER"]["lr"], case["SCHEDULER"]["min_lr"]
    if case["SCHEDULER"]["name"] is None:
        return lr
    return low + (lr - low) * (1 + math.cos(math.pi * min(t, period) / period)) / 2


def warm(case, t):
    kind, steps = case["SCHEDULER"]["warmup"], case["SCHEDULER"]["warmup_steps"]
    if kind is None:
        return 1.0
    return min(1.0, (t + 1) / steps) if kind == "linear" else 1 - math.exp(-(t + 1) / steps)


def rates(case):
    """(rate of each step, rate after it); an epoch-based schedule moves the warm-up on at each epoch's end too."""
    per_epoch = math.ceil(case["samples"] / case["batch_size"])
    by_epoch = case["SCHEDULER"]["name"] is not None and case["SCHEDULER"]["epoch_based"]
    period = case["epochs"] if by_epoch else per_epoch * case["epochs"]
    for step in range(per_epoch * case["epochs"]):
        epoch = step // per_epoch
        if by_epoch:
            yield (annealed(case, epoch, period) * warm(case, step + epoch),
                   annealed(case, epoch, period) * warm(case, step + 1 + epoch))
        else:
            yield (annealed(case, step, period) * warm(case, step),
                   annealed(case, step + 1, period) * warm(case, step + 1))


def recompute(case, tensors, dtype=torch.float32):
    """Trains from `init.*` on `features`; gives losses, lrs and `final.*`."""
    features, labels = tensors["features"].to(dtype), tensors["labels"].long()
    counts = torch.bincount(labels, minlength=case["classes"]).to(dtype)
    head = heads.Head(case["MODEL"]["HEAD"], tensors["init.head.weight"].to(dtype), counts)
    dim = case["MODEL"]["embedding_dim"]
    neck = None
    if case["MODEL"]["NECK"]["neck_type"] == "proj_layer":
        neck = torch.nn.Linear(case["width"], dim, dtype=dtype)
        neck.load_state_dict(dict(weight=tensors[f"init.{WEIGHT}"], bias=tensors[f"init.{BIAS}"]))
    parameters = [*(neck.parameters() if neck else []), head.weight]
    optimizer = base_optimizer(case["OPTIMIZER"], parameters)

    def backward(x, y):
        optimizer.zero_grad()
        embedded = neck(x) if neck else F.adaptive_avg_pool1d(x[:, None], dim)[:, 0]
        loss = F.cross_entropy(head(embedded, y), y)
        loss.backward()
        return loss.item()

    losses, lrs = [], []
    schedule = rates(case)
    for _ in range(case["epochs"]):
        for x, y in zip(features.split(case["batch_size"]), labels.split(case["batch_size"])):
            rate, after = next(schedule)
            optimizer.param_groups[0]["lr"] = rate
            losses.append(backward(x, y))
            if case["OPTIMIZER"]["name"].startswith("SAM"):
                norm = torch.stack([p.grad.norm() for p in parameters]).norm()
                old = [p.detach().clone() for p in parameters]
                with torch.no_grad():
                    for p in parameters:
                        p.add_(p.grad * (RHO / (norm + 1e-12)))
                backward(x, y)
                with torch.no_grad():
                    for p, before in zip(parameters, old):
                        p.copy_(before)
            optimizer.step()
            lrs.append(after)
    final = {f"head.{n}": t for n, t in head.state_dict().items()}
    if neck:
        final |= {WEIGHT: neck.weight.detach(), BIAS: neck.bias.detach()}
    as_double = lambda numbers: torch.tensor(numbers, dtype=torch.float64)
    return dict(losses=as_double(losses), lrs=as_double(lrs), **{f"final.{n}": t for n, t in final.items()})


def inputs(case, rng):
    """Features around class means, each class at least once, in mixed order; initial weights."""
    samples, classes, width = case["samples"], case["classes"], case["width"]
    labels = torch.cat([torch.arange(classes), torch.randint(0, classes, (samples - classes,), generator=rng)])
    means = torch.randn(classes, width, generator=rng)
    features = means[labels] + 0.8 * torch.randn(samples, width, generator=rng)
    dim, config = case["MODEL"]["embedding_dim"], case["MODEL"]["HEAD"]
    k = config["k"] if config["name"] in heads.WITH_CENTRES else 1
    weight = torch.empty(classes * k, dim)
    bound = math.sqrt(6 / sum(weight.shape))
    tensors = {"features": features, "labels": labels.float(),
               "init.head.weight": weight.uniform_(-bound, bound, generator=rng)}
    if case["MODEL"]["NECK"]["neck_type"] == "proj_layer":
        bound = width**-0.5
        tensors["init." + WEIGHT] = torch.empty(dim, width).uniform_(-bound, bound, generator=rng)
        tensors["init." + BIAS] = torch.empty(dim).uniform_(-bound, bound, generator=rng)
    for name, value in heads.Head.state(config, classes).items():
        tensors[f"init.head.{name}"] = torch.tensor([value])
    return tensors


def cases(rng, small=False):
    """All optimizers, schedules and warm-ups in turn, with heads, necks and sizes that differ from case to case."""
    dims, batches, more, widths = ([3, 5], [6, 8], [9, 16], [8, 11]) if small else ([6, 16, 33], [16, 27, 64], [40, 61, 100], [17, 48, 70])
    pick = lambda options: options[int(torch.randint(0, len(options), (), generator=rng))]
    schedules = [("cosine", False), ("cosine", True), (None, False), (None, True)]
    warmups = [(None, 7), ("linear", 1), ("linear", 5), ("exponential", 3), ("linear", 1000), ("exponential", 40)]
    place = 0
    for optimizer, (schedule, by_epoch) in itertools.product(OPTIMIZERS, schedules):
        name = heads.NAMES[place % len(heads.NAMES)]
        kind, steps = warmups[(place + place // len(warmups)) % len(warmups)]
        if schedule is None and kind is not None:
            kind = None  # the Python system applies it once and never again
        rate = 0.1 if optimizer == "SGD" else 0.01
        classes = pick([3, 7] if small else [3, 7, 20, 50])
        head = {**heads.DEFAULTS, "name": name, "s": pick([8.0, 16.0, 30.0]), "m": pick([0.1, 0.3, 0.5]),
                "k": pick([1, 2, 3, 5]) if name in heads.WITH_CENTRES else 1, "dynamic_s": pick([True, False]),
                "t_alpha": pick([0.01, 0.3, 1.0]), "h": pick([0.333, 0.1])}
        case = f"{place:02}_{name}_{optimizer}_{schedule}_{'epoch' if by_epoch else 'step'}_{kind}"
        yield dict(
            case=case.lower(),
            MODEL=dict(embedding_dim=pick(dims),
                       NECK=dict(neck_type=pick(["proj_layer", "proj_layer", "pooling"]), dropout=0.0), HEAD=head),
            OPTIMIZER=dict(name=optimizer, lr=rate, weight_decay=pick([0.0, 1e-4, 0.05]), momentum=pick([0.0, 0.9])),
            SCHEDULER=dict(epoch_based=by_epoch, name=schedule, warmup=kind, warmup_steps=steps,
                           seen_img_warmup=160000, min_lr=pick([0.0, 1e-3])),
            batch_size=pick(batches), epochs=pick([1, 2, 4]), classes=classes,
            samples=classes + pick(more), width=pick(widths), shuffle=False,
        )
        place += 1
