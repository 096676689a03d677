import { parentPort, workerData } from 'node:worker_threads';
import { ForkJoin } from '../../kernels/fork-join.ts';
import type { ProbePlan } from '../../kernels/probe-memory.ts';
import { instantiateStages, type ThreadData } from '../../kernels/stages.ts';
import type { ProbeSpec } from './engine.ts';
import { ProbeCoordinator, type StepRequest, type StepResult } from './kernels-pass.ts';

/** What the coordinator's thread is started with. */
export interface CoordinatorData {
  readonly thread: ThreadData;
  readonly spec: ProbeSpec;
  readonly plan: ProbePlan;
}

export type CoordinatorRequest =
  | { readonly type: 'step'; readonly request: StepRequest }
  | { readonly type: 'embed'; readonly rows: number };

export type CoordinatorReply =
  | ({ readonly type: 'stepped'; readonly milliseconds: number } & StepResult)
  | { readonly type: 'embedded' };

const { thread, spec, plan } = workerData as CoordinatorData;
const barrier = new ForkJoin(thread.memory, plan.control, plan.shared.threads, instantiateStages(thread));
const coordinator = new ProbeCoordinator(spec, plan, thread.memory, barrier);
const port = parentPort!;

function answer(request: CoordinatorRequest): CoordinatorReply {
  if (request.type === 'embed') {
    coordinator.embed(request.rows);
    return { type: 'embedded' };
  }
  const started = performance.now();
  const result = coordinator.step(request.request);
  return { type: 'stepped', ...result, milliseconds: performance.now() - started };
}

port.on('message', (request: CoordinatorRequest) => port.postMessage(answer(request)));
port.postMessage('ready');
