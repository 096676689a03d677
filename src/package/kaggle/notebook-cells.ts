import { CHALLENGE_LIMIT } from '../../config/checks/embedding-dim.ts';
import type { Manifest } from '../manifest.ts';

/** A Python literal: JSON's text and whole numbers are Python's too. */
const python = (value: string | number): string => JSON.stringify(value);

export function settings({ name, file, size, sha256 }: Manifest, driveUrl: string): string {
  return `
import os
from pathlib import Path

model_name = ${python(name)}
# Share link of the zip on Google Drive ("anyone with the link"), if no data set is attached.
DRIVE_URL = ${python(driveUrl)}

MODEL_FILE = ${python(file)}
SIZE = ${python(size)}  # bytes
SHA256 = ${python(sha256)}
MOST_NUMBERS = ${CHALLENGE_LIMIT}  # that the challenge takes per image

INPUT = Path(os.environ.get("MDFE_KAGGLE_INPUT", "/kaggle/input"))
WORKING = Path(os.environ.get("MDFE_KAGGLE_WORKING", "/kaggle/working"))
`;
}

export const FIND = `
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from pathlib import PurePosixPath

SCRATCH = Path(tempfile.mkdtemp())


def unpack(archive):
    """The model out of an archive, if it is in there."""
    with zipfile.ZipFile(archive) as packed:
        for entry in packed.namelist():
            if PurePosixPath(entry).name == MODEL_FILE:
                target = SCRATCH / MODEL_FILE
                with packed.open(entry) as source, open(target, "wb") as out:
                    shutil.copyfileobj(source, out, 1 << 22)
                return target
    return None


def find(folder):
    """The model below a folder, as a file or in an archive."""
    if not folder.is_dir():
        return None
    for path in sorted(folder.rglob(MODEL_FILE)):
        if path.is_file():
            return path
    for path in sorted(folder.rglob("*.zip")):
        if path.is_file() and zipfile.is_zipfile(path):
            found = unpack(path)
            if found:
                return found
    return None


def download(url):
    """The zip behind a share link. Google asks questions before large files, which gdown answers."""
    target = SCRATCH / (model_name + ".zip")
    if "drive.google.com" in url:
        try:
            import gdown
        except ImportError:
            subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "gdown"], check=True)
            import gdown
        # Every version of gdown takes this form of the link.
        found = re.search(r"(?:/d/|[?&]id=)([\\w-]+)", url)
        gdown.download("https://drive.google.com/uc?id=" + found.group(1) if found else url, str(target))
    else:
        with urllib.request.urlopen(url) as source, open(target, "wb") as out:
            shutil.copyfileobj(source, out, 1 << 22)
    if not zipfile.is_zipfile(target):
        raise RuntimeError(f"{url} gave no zip archive: is it shared with anyone who has the link?")


model_path = find(INPUT)
if model_path is None and DRIVE_URL:
    download(DRIVE_URL)
    model_path = find(SCRATCH)
if model_path is None:
    raise FileNotFoundError(
        f"{MODEL_FILE} is not below {INPUT}: add the data set that holds it as an input of this notebook, "
        "or set DRIVE_URL and switch the internet on"
    )
print(model_path)
`;

export const CHECK = `
import hashlib

size = model_path.stat().st_size
if size != SIZE:
    raise ValueError(f"{model_path} has {size} bytes, not {SIZE}: upload it again")
digest = hashlib.sha256()
with open(model_path, "rb") as file:
    while chunk := file.read(1 << 22):
        digest.update(chunk)
if digest.hexdigest() != SHA256:
    raise ValueError(f"{model_path} has the checksum {digest.hexdigest()}, not {SHA256}: upload it again")
print(f"{size} bytes, checksum as expected")
`;

export const SMOKE_TEST = `
import warnings

try:
    import torch

    model = torch.jit.load(str(model_path), map_location="cpu").eval()
    for height, width in [(512, 512), (301, 480)]:
        image = torch.randint(0, 256, (1, 3, height, width), dtype=torch.uint8)
        with torch.no_grad():
            embedding = model(image)[0].flatten()
        if embedding.numel() > MOST_NUMBERS:
            warnings.warn(f"{embedding.numel()} numbers per image: the challenge takes at most {MOST_NUMBERS}")
        if not torch.isfinite(embedding).all():
            warnings.warn("the model gives numbers that are not finite")
        print(f"{height} x {width} pixels -> {embedding.numel()} numbers, PyTorch {torch.__version__}")
except Exception as error:
    warnings.warn(f"the model could not be tried here: {error}")
`;

export const WRITE = `
submission = WORKING / "submission.zip"
with zipfile.ZipFile(submission, "w", zipfile.ZIP_STORED, allowZip64=True, strict_timestamps=False) as packed:
    packed.write(model_path, "saved_model.pt")
with zipfile.ZipFile(submission) as packed:
    damaged = packed.testzip()
    if damaged or packed.namelist() != ["saved_model.pt"]:
        raise RuntimeError(f"{submission} is damaged: run this cell again")
print(f"{submission}, {submission.stat().st_size} bytes")
`;
