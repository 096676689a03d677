import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { EngineUnavailable } from './names.ts';

/** What the user made visible: devices are counted within it, as PyTorch counts them. */
const VISIBLE = process.env.CUDA_VISIBLE_DEVICES?.split(',').map((entry) => entry.trim());

/**
 * Shows only one CUDA device to this process and to those that it starts from now on: neither TensorFlow nor ONNX
 * Runtime need be told then. To be called before either has started CUDA.
 */
export function useCudaDevice(index: number): void {
  const entry = VISIBLE ? VISIBLE[index] : String(index);
  if (!entry)
    throw new EngineUnavailable(
      `CUDA_VISIBLE_DEVICES=${VISIBLE?.join(',')} leaves no device number ${index}`,
      'count from 0 among the devices listed there',
    );
  process.env.CUDA_DEVICE_ORDER ??= 'PCI_BUS_ID'; // as nvidia-smi counts; CUDA by itself counts by speed
  process.env.CUDA_VISIBLE_DEVICES = entry;
}

/**
 * Float32 products in float32. From Ampere on, ONNX Runtime multiplies in TF32 (10 bits of mantissa) unless told
 * otherwise, and onnxruntime-node passes no option on; the libraries below it read this variable.
 */
export function keepFloat32(): void {
  process.env.NVIDIA_TF32_OVERRIDE ??= '0';
}

/** The name of the first visible GPU as the driver's own tool gives it. */
export async function cudaName(): Promise<string> {
  const device = process.env.CUDA_VISIBLE_DEVICES?.split(',')[0] || '0';
  const query = ['--query-gpu=name', '--format=csv,noheader', '-i', device];
  const found = await promisify(execFile)('nvidia-smi', query, { timeout: 5000 }).catch(() => undefined);
  return `${found?.stdout.trim() || `GPU ${device}`} (CUDA)`;
}
