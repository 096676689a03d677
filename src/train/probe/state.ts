import { internalError, MdfeError } from '../../common/errors.ts';
import type { HeadState } from '../../heads/head.ts';
import type { ProbeBatch, ProbeSpec, ProbeState, Tensor } from './engine.ts';

/** Refuses what does not fit, naming every wrong tensor at once. */
export function checkImport(state: ProbeState, expected: ReadonlyMap<string, readonly number[]>): void {
  const problems: string[] = [];
  for (const [name, { shape, data }] of state) {
    const wanted = expected.get(name);
    if (!wanted) problems.push(`${name}: this configuration has no such tensor`);
    else if (shape.join() !== wanted.join())
      problems.push(`${name}: expected [${wanted.join(', ')}], got [${shape.join(', ')}]`);
    else if (data.length !== wanted.reduce((a, b) => a * b, 1))
      problems.push(`${name}: ${data.length} numbers do not fill [${shape.join(', ')}]`);
  }
  if (problems.length === 0) return;
  throw new MdfeError({
    code: 'probe/state-mismatch',
    what: `the saved state does not fit this configuration:\n    ${problems.join('\n    ')}`,
    expected: [...expected].map(([name, shape]) => `${name} [${shape.join(', ')}]`).join(', '),
    todo: 'use the configuration that the state was saved with, or another file',
  });
}

/** A head's running numbers as tensors `head.<name>` [1]. */
export function headStateToTensors(state: HeadState): [string, Tensor][] {
  return Object.entries(state).map(([name, value]) => [
    `head.${name}`,
    { shape: [1], data: Float32Array.of(value) },
  ]);
}

/** `before` with the numbers that `tensors` names. */
export function headStateFromTensors(tensors: ProbeState, before: HeadState): HeadState {
  return Object.fromEntries(
    Object.entries(before).map(([name, value]) => [name, tensors.get(`head.${name}`)?.data[0] ?? value]),
  );
}

/** Catches a caller's mistakes before they become silent nonsense in a kernel. */
export function checkBatch(
  { features, labels }: ProbeBatch,
  spec: Pick<ProbeSpec, 'width' | 'classes'>,
): void {
  if (labels.length === 0) throw internalError('an empty batch');
  if (features.length !== labels.length * spec.width)
    throw internalError(`${features.length} features for ${labels.length} labels of width ${spec.width}`);
  for (const y of labels)
    if (!(y >= 0 && y < spec.classes)) throw internalError(`label ${y} of ${spec.classes} classes`);
}
