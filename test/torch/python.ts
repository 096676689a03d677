import { execFileSync, spawnSync } from 'node:child_process';
import { packageFile } from '../../src/common/dist.ts';

/** A Python that can import torch: `MDFE_PYTHON`, else python3 of the path or of the system. */
function findPython(): string | undefined {
  const asked = process.env.MDFE_PYTHON;
  const candidates = asked ? [asked] : ['python3', '/usr/bin/python3'];
  const found = candidates.find((python) => spawnSync(python, ['-c', 'import torch']).status === 0);
  if (asked && !found) throw new Error(`MDFE_PYTHON=${asked} cannot import torch`);
  return found;
}

export const PYTHON = findPython();

const SCRIPT = packageFile('test/torch/run-models.py');

/** Why tests that need torch are skipped, for their title. */
export const NO_TORCH =
  'skipped: no Python with torch; install one (apt-get install python3-torch) or name it in MDFE_PYTHON';
if (!PYTHON) console.warn(NO_TORCH);

export interface TorchImage {
  /** File of pixels. */
  readonly file: string;
  /** How they are stored; uint8 if left out. */
  readonly stored?: 'float32';
  readonly shape: readonly [n: number, channels: 3, height: number, width: number];
  readonly dtype: 'uint8' | 'int32' | 'float32' | 'float64';
}

export interface TorchJob {
  readonly model: string;
  /** Where the loaded model is saved and loaded again. */
  readonly resaved: string | null;
  readonly images: readonly TorchImage[];
}

export interface TorchResult {
  /** First damaged entry of the archive, as Python's zipfile finds it. */
  readonly damaged: string | null;
  /** Whether the model saved again computes the same. */
  readonly same: boolean | null;
  readonly outputs: readonly (readonly number[])[];
  readonly shapes: readonly (readonly number[])[];
  readonly dtypes: readonly string[];
  readonly state: Readonly<Record<string, readonly number[]>>;
}

/** Runs all jobs in one Python process. */
export function runTorch(jobs: readonly TorchJob[]): readonly TorchResult[] {
  return askTorch(jobs).results;
}

/** The same with PyTorch's version. */
export function askTorch(jobs: readonly TorchJob[]): {
  readonly torch: string;
  readonly results: readonly TorchResult[];
} {
  const output = execFileSync(PYTHON!, [SCRIPT], {
    input: JSON.stringify(jobs),
    maxBuffer: 1 << 28,
    encoding: 'utf8',
  });
  return JSON.parse(output);
}
