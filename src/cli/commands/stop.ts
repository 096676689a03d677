import { ExitCode } from '../../common/errors.ts';
import { requestStop } from '../../run/stop.ts';
import { requestSweepStop } from '../../run/stop-sweep.ts';
import { readSweepRecord } from '../../run/sweep-reader.ts';
import type { Command } from '../command.ts';

export const stop: Command = {
  name: 'stop',
  summary: 'Stop a run, or a sweep with the run that it trains, after a checkpoint is written',
  positionals: 'RUN_OR_SWEEP',
  options: {},
  async run(args) {
    const dir = args.positionals[0]!;
    const sweep = readSweepRecord(dir);
    if (sweep) requestSweepStop(dir);
    else requestStop(dir);
    console.log(`asked to stop; continue later with: mdfe ${sweep ? 'sweep' : 'train'} --resume ${dir}`);
    return ExitCode.done;
  },
};
