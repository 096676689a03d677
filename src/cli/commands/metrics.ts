import { ExitCode } from '../../common/errors.ts';
import { curvesCsv } from '../../run/curves-csv.ts';
import { foldEvents, type RunHistory } from '../../run/history.ts';
import { readEvents, requireRunRecord } from '../../run/reader.ts';
import { readSweepRecord } from '../../run/sweep-reader.ts';
import type { SweepRecord } from '../../run/sweep-record.ts';
import { sweepSummary } from '../../run/sweep-score.ts';
import type { Arguments, Command } from '../command.ts';
import { domainTable, scoreSummary, scoresCsv, scoresTable } from '../run-scores.ts';
import { sweepCsv, sweepTable } from '../sweep-table.ts';
import { table } from '../table.ts';

export const metrics: Command = {
  name: 'metrics',
  summary: 'Print the curves of a run (per epoch, or every step with --csv), or the table of a sweep',
  positionals: 'RUN_OR_SWEEP',
  options: {
    csv: {
      type: 'boolean',
      help: 'step,loss,lr of every step at full precision; lr is the rate after the step, as the charts show it. Of a sweep: its table',
    },
    scores: {
      type: 'boolean',
      help: 'the evaluations instead: every metric overall and per domain, as a table or with --csv',
    },
    json: {
      type: 'boolean',
      help: 'epochs, evaluations (per domain too) and checkpoints as JSON; of a sweep: its record',
    },
  },
  async run(args) {
    const dir = args.positionals[0]!;
    const sweep = readSweepRecord(dir);
    if (sweep) {
      printSweep(sweep, args);
      return ExitCode.done;
    }
    requireRunRecord(dir);
    const history = foldEvents(readEvents(dir));
    if (args.flag('scores') && !args.flag('json')) printScores(history, args.flag('csv'));
    else if (args.flag('csv')) process.stdout.write(curvesCsv(history));
    else if (args.flag('json'))
      console.log(
        JSON.stringify(
          { epochs: history.epochs, evals: history.evals, checkpoints: history.checkpoints },
          null,
          2,
        ),
      );
    else printEpochs(history);
    return ExitCode.done;
  },
};

function printSweep(record: SweepRecord, args: Arguments): void {
  if (args.flag('csv')) console.log(sweepCsv(record));
  else if (args.flag('json')) console.log(JSON.stringify(record, null, 2));
  else console.log(`${sweepTable(record)}\n\n${sweepSummary(record)}`);
}

function printScores({ evals }: RunHistory, csv: boolean): void {
  if (csv) console.log(scoresCsv(evals));
  else
    console.log(evals.length > 0 ? scoresTable(evals) : 'this run was not evaluated (EVAL.hold_out is none)');
}

function printEpochs(history: RunHistory): void {
  console.log(
    table(
      ['epoch', 'mean loss', 'seconds'],
      history.epochs.map((e) => [String(e.epoch), e.meanLoss.toFixed(4), e.seconds.toFixed(1)]),
    ),
  );
  for (const e of history.evals)
    console.log(
      `step ${e.step}: ${Object.entries(e.metrics)
        .map(([k, v]) => `${k} ${v.toFixed(4)}`)
        .join(', ')}`,
    );
  const domains = domainTable(history.evals);
  if (domains !== undefined) console.log(`\n${domains}\n`);
  for (const c of history.checkpoints) console.log(`checkpoint of step ${c.step}: ${c.file}`);
  for (const line of scoreSummary(history)) console.log(line);
}
