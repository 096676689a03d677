import { readFileSync } from 'node:fs';
import { packageFile } from '../common/dist.ts';
import { describeError, ExitCode, internalError, MdfeError, usageError } from '../common/errors.ts';
import { nearest } from '../common/suggest.ts';
import { parseArguments } from './args.ts';
import { COMMANDS } from './command-table.ts';
import { commandHelp, overview } from './help.ts';

async function main(argv: readonly string[]): Promise<ExitCode> {
  const [name, ...rest] = argv;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    console.log(overview(await Promise.all(Object.values(COMMANDS).map((load) => load()))));
    return name === undefined ? ExitCode.usage : ExitCode.done;
  }
  if (name === '--version') {
    console.log(JSON.parse(readFileSync(packageFile('package.json'), 'utf8')).version);
    return ExitCode.done;
  }
  const load = COMMANDS[name];
  if (!load) {
    const near = nearest(name, Object.keys(COMMANDS));
    throw usageError({
      code: 'usage/command',
      what: `there is no command ${name}`,
      expected: Object.keys(COMMANDS).join(', '),
      todo: near ? `did you mean mdfe ${near}?` : 'see: mdfe --help',
    });
  }
  const command = await load();
  if (rest.includes('--help') || rest.includes('-h')) {
    console.log(commandHelp(command));
    return ExitCode.done;
  }
  return command.run(parseArguments(command, rest));
}

// A closed pipe (mdfe metrics RUN | head) is the reader's way to say "enough".
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(ExitCode.done);
});

// Node ends a process, as if all were well, once nothing can happen any more, even in the middle of a command.
const unfinished = () => {
  console.error(
    `error: ${describeError(internalError('the command waits for something that cannot happen'))}`,
  );
  process.exitCode = ExitCode.failed;
};
process.once('beforeExit', unfinished);

main(process.argv.slice(2)).then(
  (code) => {
    process.off('beforeExit', unfinished);
    process.exitCode = code;
  },
  (error: unknown) => {
    process.off('beforeExit', unfinished);
    console.error(`error: ${describeError(error)}`);
    process.exitCode = error instanceof MdfeError ? error.exitCode : ExitCode.failed;
  },
);
