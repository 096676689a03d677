import type { ChosenEngine } from '../../engine/choose.ts';
import type { EngineName } from '../../engine/names.ts';
import type { EngineReport } from '../../run/events.ts';
import type { ProbeEngine, ProbeSpec } from './engine.ts';
import { createKernelProbe } from './kernels.ts';

type Factory = (spec: ProbeSpec, report: EngineReport, options: ProbeOptions) => Promise<ProbeEngine>;

export interface ProbeOptions {
  /** `--threads`: of the CPU kernels; default: the cores, at most 16. */
  readonly threads?: number | undefined;
}

/** Loaded when it is chosen, as the engines are. */
const onTfjs: Factory = async (spec, report) => (await import('./tfjs.ts')).createTfjsProbe(spec, report);

/** Which implementation of the probe runs on which engine. */
const probes: { readonly [N in EngineName]: Factory } = {
  'tfjs-node-gpu': onTfjs,
  'tfjs-webgpu': onTfjs,
  kernels: createKernelProbe,
  'tfjs-node': onTfjs,
  'tfjs-wasm': onTfjs,
  'tfjs-cpu': onTfjs,
};

/** The probe on the engine that was chosen. */
export function createProbe(
  spec: ProbeSpec,
  { name, report }: ChosenEngine,
  options: ProbeOptions,
): Promise<ProbeEngine> {
  return probes[name](spec, report, options);
}
