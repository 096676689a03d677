import { ExitCode } from '../../common/errors.ts';
import { listRuns } from '../../run/list.ts';
import { readRunRecord } from '../../run/reader.ts';
import type { Command } from '../command.ts';
import { table } from '../table.ts';

export const runs: Command = {
  name: 'runs',
  summary: 'List the runs of a results folder, newest first',
  positionals: '[RESULTS_DIR]',
  options: { json: { type: 'boolean', help: 'print the records as JSON' } },
  async run(args) {
    const found = await listRuns(args.positionals[0] ?? 'results');
    const records = found.map((run) => ({ ...run, record: readRunRecord(run.runId) }));
    if (args.flag('json')) console.log(JSON.stringify(records, null, 2));
    else
      console.log(
        table(
          ['run', 'status', 'step', 'loss', 'created'],
          records.map(({ name, status, created, record }) => [
            name,
            status,
            `${record?.step ?? 0}/${record?.totalSteps ?? 0}`,
            record?.lastLoss?.toFixed(4) ?? '',
            created,
          ]),
        ),
      );
    return ExitCode.done;
  },
};
