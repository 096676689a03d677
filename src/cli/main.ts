import { readFileSync } from 'node:fs';
import { packageFile } from '../common/dist.ts';
import { describeError, ExitCode, MdfeError, usageError } from '../common/errors.ts';
import { nearest } from '../common/suggest.ts';
import { parseArguments } from './args.ts';
import type { Command } from './command.ts';
import { commandHelp, overview } from './help.ts';

/** Loaded when called: `mdfe --help` must not start TensorFlow. */
const LOADERS: Readonly<Record<string, () => Promise<Command>>> = {
  train: async () => (await import('./commands/train.ts')).train,
  sweep: async () => (await import('./commands/sweep.ts')).sweep,
  evaluate: async () => (await import('./commands/evaluate.ts')).evaluate,
  neighbours: async () => (await import('./commands/neighbours.ts')).neighbours,
  embed: async () => (await import('./commands/embed.ts')).embed,
  dataset: async () => (await import('./commands/dataset.ts')).dataset,
  preprocess: async () => (await import('./commands/preprocess.ts')).preprocessCommand,
  package: async () => (await import('./commands/package.ts')).packageModel,
  'zero-shot': async () => (await import('./commands/zero-shot.ts')).zeroShot,
  upload: async () => (await import('./commands/upload.ts')).upload,
  'drive-login': async () => (await import('./commands/drive-login.ts')).driveLogin,
  stop: async () => (await import('./commands/stop.ts')).stop,
  metrics: async () => (await import('./commands/metrics.ts')).metrics,
  runs: async () => (await import('./commands/runs.ts')).runs,
  models: async () => (await import('./commands/models.ts')).models,
  schema: async () => (await import('./commands/schema.ts')).schema,
  doctor: async () => (await import('./commands/doctor.ts')).doctor,
  draw: async () => (await import('./commands/draw.ts')).draw,
  demo: async () => (await import('./commands/demo.ts')).demo,
};

async function main(argv: readonly string[]): Promise<ExitCode> {
  const [name, ...rest] = argv;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    console.log(overview(await Promise.all(Object.values(LOADERS).map((load) => load()))));
    return name === undefined ? ExitCode.usage : ExitCode.done;
  }
  if (name === '--version') {
    console.log(JSON.parse(readFileSync(packageFile('package.json'), 'utf8')).version);
    return ExitCode.done;
  }
  const load = LOADERS[name];
  if (!load) {
    const near = nearest(name, Object.keys(LOADERS));
    throw usageError({
      code: 'usage/command',
      what: `there is no command ${name}`,
      expected: Object.keys(LOADERS).join(', '),
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

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(`error: ${describeError(error)}`);
    process.exitCode = error instanceof MdfeError ? error.exitCode : ExitCode.failed;
  },
);
