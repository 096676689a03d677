// A stand-in for Kaggle's official command line: answers as that does, remembers in the folder FAKE_KAGGLE what it was
// asked (calls.jsonl) and which data sets there are (datasets.json). The file `no-token` in that folder takes its
// credentials away; `user` holds the account's name.
import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Puts a program `kaggle` into a folder. @returns calls so far, and the folder that it remembers in */
export function installFakeKaggle(folder) {
  const memory = join(folder, 'memory');
  mkdirSync(memory, { recursive: true });
  const program = join(folder, 'kaggle');
  const script = fileURLToPath(new URL('fake-kaggle.mjs', import.meta.url));
  writeFileSync(program, `#!/bin/sh\nFAKE_KAGGLE='${memory}' exec '${process.execPath}' '${script}' "$@"\n`);
  chmodSync(program, 0o755);
  const calls = () => {
    const file = join(memory, 'calls.jsonl');
    return existsSync(file)
      ? readFileSync(file, 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line))
      : [];
  };
  return { program, memory, calls };
}

function answer(args, memory) {
  const file = (name) => join(memory, name);
  const say = (text) => process.stdout.write(`${text}\n`);
  const fail = (text) => {
    process.stderr.write(`${text}\n`);
    return 1;
  };
  const sets = existsSync(file('datasets.json'))
    ? JSON.parse(readFileSync(file('datasets.json'), 'utf8'))
    : {};
  const keep = () => writeFileSync(file('datasets.json'), JSON.stringify(sets));
  const metadata = (name) => JSON.parse(readFileSync(join(args[args.indexOf('-p') + 1], name), 'utf8'));

  appendFileSync(file('calls.jsonl'), `${JSON.stringify(args)}\n`);
  const command = args.slice(0, 2).join(' ');
  if (command === 'config view') {
    const user = existsSync(file('user')) ? readFileSync(file('user'), 'utf8') : 'None';
    say(`Configuration values from ${memory}\n- username: ${user}\n- path: None\n- proxy: None`);
    return 0;
  }
  if (existsSync(file('no-token')))
    return fail('OSError: Could not find kaggle.json. Make sure it is located in ~/.kaggle.');
  switch (command) {
    case 'datasets status': {
      const set = sets[args[2]];
      if (!set) return fail(`403 Client Error: Forbidden for url: https://api.kaggle.com/v1/${args[2]}`);
      say(set.looks++ === 0 ? 'pending' : 'ready');
      keep();
      return 0;
    }
    case 'datasets create':
    case 'datasets version': {
      const { id } = metadata('dataset-metadata.json');
      const create = args[1] === 'create';
      if (create && sets[id]) {
        say(
          'Dataset creation error: The requested title is already in use by a dataset. Please choose another title.',
        );
        return 0;
      }
      if (!create && !sets[id]) return fail('404 Client Error: Not Found');
      for (const percent of [0, 50, 100]) process.stderr.write(`\r${percent}%|###       | 1.00M/2.00M`);
      sets[id] = { looks: 0 };
      keep();
      const what = create ? 'Your private Dataset' : 'Dataset version';
      say(`\n${what} is being created. Please check progress at https://www.kaggle.com/datasets/${id}`);
      return 0;
    }
    case 'kernels push': {
      const { id, dataset_sources } = metadata('kernel-metadata.json');
      const missing = dataset_sources.filter((source) => !sets[source]);
      if (missing.length > 0)
        say(`The following are not valid dataset sources and could not be added to the kernel: ${missing}`);
      say(
        `Kernel version 1 successfully pushed.  Please check progress at https://www.kaggle.com/code/${id}`,
      );
      return 0;
    }
    default:
      return fail(`kaggle: error: argument command: invalid choice: '${command}'`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.exitCode = answer(process.argv.slice(2), process.env.FAKE_KAGGLE);
