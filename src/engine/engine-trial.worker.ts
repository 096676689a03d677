import { describeError } from '../common/errors.ts';
import { startProvider } from './frozen.ts';
import { EngineUnavailable } from './names.ts';
import { ENGINES } from './table.ts';
import { TRIAL_MARK, type TrialRequest, type TrialResult } from './trial.ts';

// The process that tries one engine or provider, says how it went, and ends.
const request = JSON.parse(process.argv[2]!) as TrialRequest;

async function verdict(): Promise<TrialResult> {
  try {
    const { device } =
      'engine' in request
        ? await ENGINES[request.engine].start(request.options)
        : await startProvider(request.provider, request.options);
    return { ok: true, device };
  } catch (error) {
    if (!(error instanceof EngineUnavailable)) return { ok: false, reason: describeError(error) };
    return { ok: false, reason: error.message, ...(error.todo && { todo: error.todo }) };
  }
}

// Drivers keep threads and handles: end without waiting for them, once the line is out.
process.stdout.write(`\n${TRIAL_MARK}${JSON.stringify(await verdict())}\n`, () => process.exit(0));
