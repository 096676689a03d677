import { ExitCode } from '../../common/errors.ts';
import { doctor as examine } from '../../engine/doctor.ts';
import type { Command } from '../command.ts';
import { table } from '../table.ts';

export const doctor: Command = {
  name: 'doctor',
  summary: 'Show what this machine can train on, and why each better engine is not used',
  positionals: '',
  options: { json: { type: 'boolean', help: 'print the rows as JSON' } },
  async run(args) {
    const rows = await examine();
    if (args.flag('json')) console.log(JSON.stringify(rows, null, 2));
    else {
      console.log(
        table(
          ['component', 'status', 'detail'],
          rows.map((r) => [r.component, r.status, r.detail]),
        ),
      );
      const advice = rows.filter((r) => r.todo);
      if (advice.length > 0)
        console.log(`\nTo get more:\n${advice.map((r) => `  ${r.component}: ${r.todo}`).join('\n')}`);
    }
    return rows.some((r) => r.status === 'problem') ? ExitCode.failed : ExitCode.done;
  },
};
