import { ExitCode } from '../../common/errors.ts';
import { requestStop } from '../../run/stop.ts';
import type { Command } from '../command.ts';

export const stop: Command = {
  name: 'stop',
  summary: 'Stop a run after it has written a checkpoint',
  positionals: 'RUN',
  options: {},
  async run(args) {
    requestStop(args.positionals[0]!);
    console.log('asked to stop; continue later with: mdfe train --resume', args.positionals[0]);
    return ExitCode.done;
  },
};
