import { dirname } from 'node:path';
import { ExitCode } from '../../common/errors.ts';
import { listRuns } from '../../run/list.ts';
import { readRunRecord } from '../../run/reader.ts';
import { type FoundSweep, listSweeps, observeSweep } from '../../run/sweep-reader.ts';
import { sweepSummary } from '../../run/sweep-score.ts';
import type { Command } from '../command.ts';
import { table } from '../table.ts';

export const runs: Command = {
  name: 'runs',
  summary: 'List the runs and sweeps of a results folder, or the runs of a sweep, newest first',
  positionals: '[RESULTS_DIR_OR_SWEEP]',
  options: { json: { type: 'boolean', help: 'print the records as JSON' } },
  async run(args) {
    const dir = args.positionals[0] ?? 'results';
    const sweep = observeSweep(dir);
    const found = await listRuns(sweep ? dirname(dir) : dir, ({ message }) =>
      console.error(`warning: ${message}`),
    );
    const records = found
      .map((run) => ({ ...run, record: readRunRecord(run.runId) }))
      .filter(({ record }) => !sweep || record?.sweep?.name === sweep.record.name);
    if (args.flag('json')) {
      console.log(JSON.stringify(records, null, 2));
      return ExitCode.done;
    }
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
    const sweeps = sweep ? [{ dir, ...sweep }] : listSweeps(dir);
    if (sweeps.length > 0) console.log(`\n${sweepsTable(sweeps)}`);
    return ExitCode.done;
  },
};

function sweepsTable(sweeps: readonly FoundSweep[]): string {
  return table(
    ['sweep', 'status', 'runs', 'created'],
    sweeps.map(({ record, status }) => [record.name, status, sweepSummary(record), record.created]),
  );
}
