import { overLimit, PICKLE_LIMITS, PickleMachine } from './machine.ts';
import { OPCODES } from './opcodes.ts';
import { brokenPickle, PickleSource } from './source.ts';
import type { PickleValue, Vocabulary } from './values.ts';

const STOP = 0x2e;

/**
 * Reads one pickle (protocol 2 to 5). It is data for a small stack machine (Python's pickletools.py is its
 * definition); ours has no operation that looks up or calls anything but the vocabulary's names, so a pickle
 * cannot run code. Every other name is refused, with the name in the error.
 */
export function unpickle(path: string, bytes: Uint8Array, vocabulary: Vocabulary): PickleValue {
  if (bytes.length > PICKLE_LIMITS.size)
    throw overLimit(path, `${bytes.length} bytes`, `${PICKLE_LIMITS.size}`);
  const machine = new PickleMachine(new PickleSource(path, bytes), vocabulary);
  for (;;) {
    const at = machine.source.at;
    const code = machine.source.uint8();
    if (code === STOP) return machine.result();
    const run = OPCODES.get(code);
    if (!run)
      throw brokenPickle(path, at, `operation 0x${code.toString(16).padStart(2, '0')} is not allowed`);
    run(machine);
  }
}
