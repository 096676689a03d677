"""What kernels.mjs compares with. Arguments: NAME NUMBERS...; prints {"ms", "cpuMs", "mb"}, or null without a package."""
import json, math, resource, sys, time

name, args = sys.argv[1], [int(v) for v in sys.argv[2:]]


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(turns, warm_up, turn):
    for _ in range(warm_up):
        turn()
    times, cpu = [], time.process_time()
    for _ in range(turns):
        started = time.perf_counter()
        turn()
        times.append((time.perf_counter() - started) * 1e3)
    return {"ms": sorted(times)[len(times) // 2], "cpuMs": (time.process_time() - cpu) * 1e3 / turns}


def step(classes, k, threads, turns):
    """The eager step, as fast as torch has it: fused Adam, no one-hot, one gather and one scatter for the margin."""
    import torch
    from torch.nn import functional as F

    torch.set_num_threads(threads)
    width, dim, batch, s, m, samples = 1152, 64, 128, 30.0, 0.5, 1024
    features = torch.rand(samples, width) * 2 - 1
    neck = torch.nn.Sequential(torch.nn.Dropout(0.2), torch.nn.Linear(width, dim))
    weight = torch.nn.Parameter(torch.empty(classes * k, dim))
    torch.nn.init.xavier_uniform_(weight)
    optimizer = torch.optim.Adam([*neck.parameters(), weight], lr=1e-3, weight_decay=1e-4, fused=True)

    def turn():
        rows = torch.randint(0, samples, (batch,))
        y = rows * 7919 % classes
        c = F.linear(F.normalize(neck(features[rows])), F.normalize(weight))
        if k > 1:
            c = c.view(batch, classes, k).max(-1).values
        c = c.clamp(-1, 1)
        own = c.gather(1, y[:, None])
        phi = torch.where(
            own > math.cos(math.pi - m), torch.cos(torch.acos(own) + m), own - m * math.sin(math.pi - m)
        )
        loss = F.cross_entropy(c.scatter(1, y[:, None], phi) * s, y)
        optimizer.zero_grad(set_to_none=False)
        loss.backward()
        optimizer.step()

    measured = measure(turns, max(3, turns // 2), turn)
    return {**measured, "mb": peak() - features.nbytes / 2**20}


def vectors():
    import numpy as np

    rng = np.random.default_rng(1)
    return [(rng.random((n, 64), dtype=np.float32) * 2 - 1) for n in (5000, 200000)]


def torch_search(threads, turns):
    """The best of some chunk sizes, products and squared norms in one addmm."""
    import torch

    torch.set_num_threads(threads)
    q, x = [torch.from_numpy(a) for a in vectors()]
    half = -0.5 * (x * x).sum(1)

    def turn(chunk):
        for first in range(0, len(q), chunk):
            torch.addmm(half, q[first : first + chunk], x.t()).topk(5)

    return min((measure(turns, 1, lambda: turn(chunk)) for chunk in (16, 64, 256)), key=lambda r: r["ms"])


def numpy_search(threads, turns):
    import os

    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = str(threads)
    import numpy as np

    q, x = vectors()
    half = -0.5 * (x * x).sum(1)

    def turn():
        for first in range(0, len(q), 64):
            score = q[first : first + 64] @ x.T + half
            np.argpartition(score, -5, axis=1)[:, -5:]

    return measure(1, 0, turn)


def faiss_search(threads, turns):
    import faiss

    faiss.omp_set_num_threads(threads)
    q, x = vectors()
    index = faiss.IndexFlatL2(64)
    index.add(x)
    return measure(turns, 1, lambda: index.search(q, 5))


def resize(turns):
    import numpy as np
    from PIL import Image

    image = Image.fromarray(np.random.default_rng(1).integers(0, 256, (768, 1024, 3), dtype=np.uint8))
    return measure(turns, 5, lambda: image.resize((298, 224), Image.BICUBIC).crop((37, 0, 261, 224)))


def narrow(turns):
    import numpy as np

    floats = np.full(2**24, 0.37, np.float32)
    halves = np.empty(2**24, np.float16)
    return measure(turns, 2, lambda: np.copyto(halves, floats, casting="same_kind"))


def widen(turns):
    import numpy as np

    halves = np.full(2**24, 0.333, np.float16)
    floats = np.empty(2**24, np.float32)
    return measure(turns, 2, lambda: np.copyto(floats, halves))


try:
    print(json.dumps(globals()[name](*args)))
except ModuleNotFoundError:
    print("null")
