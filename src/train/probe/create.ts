import { chooseEngine } from '../../engine/choose.ts';
import type { EngineName } from '../../engine/names.ts';
import type { EngineReport } from '../../run/events.ts';
import type { ProbeEngine, ProbeSpec } from './engine.ts';
import { createTfjsProbe } from './tfjs.ts';

type Factory = (spec: ProbeSpec, report: EngineReport) => Promise<ProbeEngine>;

/** Which implementation of the probe runs on which engine. */
const probes: { readonly [N in EngineName]: Factory } = {
  'tfjs-node-gpu': createTfjsProbe,
  'tfjs-webgpu': createTfjsProbe,
  'tfjs-node': createTfjsProbe,
  'tfjs-wasm': createTfjsProbe,
  'tfjs-cpu': createTfjsProbe,
};

/**
 * The probe on the best engine that `device` (`--device`) allows.
 * @throws MdfeError `engine/not-available` when what was asked for is not there
 */
export async function createProbe(spec: ProbeSpec, { device }: { device: string }): Promise<ProbeEngine> {
  const { name, report } = await chooseEngine({ device, forWhat: 'probe' });
  return probes[name](spec, report);
}
