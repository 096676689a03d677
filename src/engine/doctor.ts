import { execFile } from 'node:child_process';
import { freemem, totalmem } from 'node:os';
import { promisify } from 'node:util';
import { isNewEnough, OLDEST_NODE } from '../common/node-version.ts';
import { listEngines } from './choose.ts';
import { describeCpu } from './cpu.ts';
import { frozenEngines } from './frozen.ts';

/** One line of `mdfe doctor`. */
export interface DoctorRow {
  readonly component: string;
  /** `absent` is no fault: something optional that this machine does not have. */
  readonly status: 'ok' | 'absent' | 'problem';
  readonly detail: string;
  readonly todo?: string;
}

/** Looks at this machine and tries every engine; takes a few seconds. */
export async function doctor(): Promise<DoctorRow[]> {
  const [gpu, image, engines, providers] = await Promise.all([
    nvidiaRow(),
    imageRow(),
    listEngines('probe'),
    frozenEngines(),
  ]);
  return [
    nodeRow(process.versions.node),
    { component: 'CPU', status: 'ok', detail: describeCpu() },
    { component: 'memory', status: 'ok', detail: `${gib(freemem())} free of ${gib(totalmem())}` },
    gpu,
    image,
    ...engines.map((engine) => trialRow(`training: ${engine.name}`, engine, engine.what)),
    ...providers.map((p) => trialRow(`features: ONNX Runtime ${p.provider}`, p, precisionsOf(p.provider))),
  ];
}

/** @param version e.g. `20.11.1` */
export function nodeRow(version: string): DoctorRow {
  if (isNewEnough(version)) return { component: 'Node.js', status: 'ok', detail: version };
  return {
    component: 'Node.js',
    status: 'problem',
    detail: `${version}, but ${OLDEST_NODE} is the oldest that works`,
    todo: 'install a newer Node.js, or point mdfe.nodePath to one',
  };
}

interface Trial {
  readonly available: boolean;
  readonly device?: string;
  readonly reason?: string;
  readonly todo?: string;
}

function trialRow(component: string, trial: Trial, what?: string): DoctorRow {
  const detail = [what, trial.available ? trial.device : trial.reason].filter(Boolean).join(': ');
  if (trial.available) return { component, status: 'ok', detail };
  return { component, status: 'absent', detail, ...(trial.todo && { todo: trial.todo }) };
}

/** What `--precision` may be there; the CPU computes fp16 in float32 and only rounds to it. */
function precisionsOf(provider: string): string {
  if (provider === 'cpu') return 'fp32, int8, fp16 (emulated)';
  return provider === 'tensorrt' ? 'fp32' : 'fp32, fp16';
}

async function imageRow(): Promise<DoctorRow> {
  const component = 'images: sharp';
  try {
    const { versions } = (await import('sharp')).default;
    return { component, status: 'ok', detail: `${versions.sharp} with libvips ${versions.vips}` };
  } catch (error) {
    return { component, status: 'problem', detail: String(error), todo: 'npm ci' };
  }
}

/** The NVIDIA driver, by its own tool: which CUDA it can run decides which engines can work. */
async function nvidiaRow(): Promise<DoctorRow> {
  const component = 'NVIDIA driver';
  const query = ['--query-gpu=index,name,driver_version,memory.total', '--format=csv,noheader'];
  try {
    const { stdout } = await promisify(execFile)('nvidia-smi', query, { timeout: 10_000 });
    return { component, status: 'ok', detail: stdout.trim().split('\n').join('; ') };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      return { component, status: 'absent', detail: 'nvidia-smi is not installed' };
    return {
      component,
      status: 'problem',
      detail: `nvidia-smi failed: ${String(error).split('\n')[0]}`,
      todo: 'reinstall the NVIDIA driver',
    };
  }
}

function gib(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
