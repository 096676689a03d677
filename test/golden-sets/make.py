"""Writes a set of golden values, or recomputes the values of one that is there (see README.md)."""
import argparse
import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

import backbones
import heads
import posembed
import probe
import resize

# A case is left out where PyTorch's own float32 is this far from its float64, relative to the largest value: it would
# measure rounding, not the port.
ROUNDING = 2e-5


def relative(got, expected):
    got, expected = got.double(), expected.double()
    if got.shape != expected.shape:
        return float("inf")
    return float((got - expected).abs().max() / expected.abs().max().clamp_min(1e-300)) if got.numel() else 0.0


def worst(got, expected):
    return max((relative(got[n], expected[n].reshape(got[n].shape)), n) for n in got)


def well_conditioned(name, module, case, tensors):
    found, exact = (module.recompute(case, tensors, d) for d in (torch.float32, torch.float64))
    difference, tensor = worst({n: t.float() for n, t in found.items()}, exact)
    if difference <= ROUNDING:
        return found
    print(f"left out: {name}, float32 is {difference:.1e} off in {tensor}")
    return None


def save(folder, name, tensors):
    save_file({n: t.clone().contiguous() for n, t in tensors.items()}, folder / f"{name}.safetensors")


def write_json(folder, name, cases):
    (folder / name).write_text(json.dumps(cases, indent=1) + "\n")


def make_heads(folder, rng, small):
    written = []
    for i, case in enumerate(heads.cases(rng, small)):
        case = {"tag": f"h{i:02}", **case}
        tensors = heads.inputs(case["HEAD"], case["C"], case["D"], case["B"], rng)
        found = well_conditioned(f"{case['tag']} {case['name']}", heads, case, tensors)
        if found:
            save(folder, case["tag"], {**tensors, **found})
            written.append(case)
    write_json(folder, "heads.json", written)


def make_probe(folder, rng, small):
    written = []
    for case in probe.cases(rng, small):
        tensors = probe.inputs(case, rng)
        found = well_conditioned(case["case"], probe, case, tensors)
        if found:
            save(folder, case["case"], {**tensors, **found})
            written.append(case)
    write_json(folder, "cases.json", written)


def make_backbones(folder, rng, _small):
    cases = backbones.cases(rng)
    for case in cases:
        tensors = backbones.inputs(case, rng)
        save(folder, case["case"], {**tensors, "__output": backbones.recompute(case, tensors)})
    write_json(folder, "cases.json", cases)


def make_posembed(folder, rng, _small):
    cases, tensors = list(posembed.cases(rng)), {}
    for case in cases:
        table = posembed.table(case, rng)
        tensors |= {f"{case['case']}.in": table, f"{case['case']}.out": posembed.recompute(case, table)}
    save(folder, "posembed", tensors)
    write_json(folder, "cases.json", cases)


def make_resize(folder, rng, _small):
    written = []
    for i, (mode, width, height, size, kind, options) in enumerate(resize.cases(rng)):
        stem = f"{i}_{mode.replace(';', '')}_{width}x{height}"
        case = dict(image=f"{stem}.{kind}", size=size)
        path = folder / case["image"]
        path.write_bytes(resize.encoded(mode, width, height, kind, options, rng))
        save(folder, stem, resize.recompute(case, path))
        written.append(case)
    write_json(folder, "cases.json", written)


MAKERS = dict(heads=make_heads, probe=make_probe, backbones=make_backbones, posembed=make_posembed, resize=make_resize)


def make(out, seed, only, small):
    for name in only:
        (out / name).mkdir(parents=True, exist_ok=True)
        MAKERS[name](out / name, torch.Generator().manual_seed(seed), small)


def check(root):
    """Prints how far the values of a set are from those computed anew."""
    read = lambda folder, name="cases.json": json.loads((root / folder / name).read_text())
    report = lambda name, difference, tensor="": print(f"{difference:.1e}  {name} {tensor}")
    for case in read("heads", "heads.json"):
        tensors = load_file(root / "heads" / f"{case['tag']}.safetensors")
        for name in sorted({case["name"], case["HEAD"]["name"]}):
            found = heads.recompute({**case, "HEAD": {**case["HEAD"], "name": name}}, tensors)
            report(f"heads {case['tag']} as {name}", *worst(found, tensors))
    for case in read("probe"):
        tensors = load_file(root / "probe" / f"{case['case']}.safetensors")
        report(f"probe {case['case']}", *worst(probe.recompute(case, tensors), tensors))
    for case in read("backbones"):
        tensors = load_file(root / "backbones" / f"{case['case']}.safetensors")
        report(f"backbones {case['case']}", relative(backbones.recompute(case, tensors), tensors["__output"]))
    tensors = load_file(root / "posembed" / "posembed.safetensors")
    for case in read("posembed"):
        found = posembed.recompute(case, tensors[f"{case['case']}.in"])
        report(f"posembed {case['case']}", relative(found, tensors[f"{case['case']}.out"]))
    for case in read("resize"):
        tensors = load_file(root / "resize" / f"{Path(case['image']).stem}.safetensors")
        report(f"resize {case['image']}", *worst(resize.recompute(case, root / "resize" / case["image"]), tensors))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", choices=MAKERS, default=list(MAKERS))
    parser.add_argument("--small", action="store_true", help="heads and probe in a few hundred KB")
    parser.add_argument("--check", action="store_true", help="recompute the values of the folder instead of writing it")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    if arguments.check:
        check(arguments.folder)
    else:
        make(arguments.folder, arguments.seed, arguments.only, arguments.small)
