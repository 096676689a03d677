// How far each lowering is from the Python libraries: the largest absolute difference of the golden networks' features
// to those of timm and open_clip, by family, as a Markdown table. TorchScript needs a Python with torch (MDFE_PYTHON,
// else python3 of the path or the system). --webgpu adds TensorFlow.js and ONNX Runtime on WebGPU; a software adapter
// will do.
//   npm run bench -- lowerings [--webgpu]
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ENGINES } from '../../src/engine/table.ts';
import { BACKBONE_TYPES } from '../../src/models/types.ts';
import { WRITE_MODEL } from '../../src/package/model-file.ts';
import { PackedWeights } from '../../src/package/weights.ts';
import { BACKBONE_CASES } from '../backbone-cases.ts';
import {
  type GoldenNetwork,
  goldenNetwork,
  type Lowering,
  largestDifference,
  onnx,
  reference,
  simplified,
  tfjs,
} from '../lowerings.ts';
import { askTorch, NO_TORCH, PYTHON } from '../torch/python.ts';

const { values } = parseArgs({ options: { webgpu: { type: 'boolean' } } });
const networks = await Promise.all(BACKBONE_CASES.map(goldenNetwork));
/** Features of all networks by what computed them. */
const columns = new Map<string, readonly Float32Array[]>();
const add = async (title: string, lowering: Lowering) => {
  const outputs = [];
  for (const network of networks) outputs.push(await lowering(network));
  columns.set(title, outputs);
};

await add('reference', reference);
await add('ONNX Runtime, as extraction runs it', simplified(onnx({})));
await add('ONNX Runtime, standard operators', onnx({ portable: true }));
await ENGINES['tfjs-wasm'].start({});
await add('TensorFlow.js, wasm', tfjs);
if (PYTHON) await addTorchScript();
else console.log(`TorchScript: ${NO_TORCH}`);
if (values.webgpu) {
  const { device } = await ENGINES['tfjs-webgpu'].start({ allowSoftware: true });
  console.log(`WebGPU: ${device}`);
  await add('TensorFlow.js, WebGPU', tfjs);
  await add('ONNX Runtime, WebGPU', simplified(onnx({ provider: 'webgpu', portable: true })));
}
printTable();

async function addTorchScript(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'mdfe-lowerings-'));
  try {
    const jobs = [];
    for (const [i, network] of networks.entries()) jobs.push(await torchJob(network, join(folder, `${i}`)));
    const { torch, results } = askTorch(jobs);
    columns.set(
      `TorchScript, PyTorch ${torch}`,
      results.map(({ outputs }) => Float32Array.from(outputs[0]!)),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A packaged backbone whose preprocessing changes nothing: square float pixels, (x / 255 - 0) / (1 / 255). */
async function torchJob({ graph, file, input }: GoldenNetwork, path: string) {
  const [n, , height, width] = input.shape as readonly [number, number, number, number];
  await WRITE_MODEL.pt(`${path}.pt`, {
    graph,
    weights: new PackedWeights(file.tensors, new Map(), 'F32'),
    preprocessing: { imageSize: height, mean: [0, 0, 0], std: [1 / 255, 1 / 255, 1 / 255] },
  });
  const { data } = input;
  writeFileSync(`${path}.raw`, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  const image = { file: `${path}.raw`, stored: 'float32', dtype: 'float32' } as const;
  return {
    model: `${path}.pt`,
    resaved: null,
    images: [{ ...image, shape: [n, 3, height, width] as const }],
  };
}

function printTable(): void {
  const row = (cells: readonly string[]) => console.log(`| ${cells.join(' | ')} |`);
  const head = ['family (networks, largest value)', ...columns.keys()];
  row(head);
  console.log(`|${'---|'.repeat(head.length)}`);
  for (const family of BACKBONE_TYPES) {
    const cases = [...BACKBONE_CASES.keys()].filter((i) => BACKBONE_CASES[i]!.type === family);
    const largest = Math.max(...cases.flatMap((i) => [...networks[i]!.expected.data].map(Math.abs)));
    const differences = [...columns.values()].map((outputs) =>
      Math.max(...cases.map((i) => largestDifference(outputs[i]!, networks[i]!.expected.data))),
    );
    row([
      `${family} (${cases.length}, ${largest.toFixed(1)})`,
      ...differences.map((d) => d.toExponential(1)),
    ]);
  }
}
