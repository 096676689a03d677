/** A line of actions above the first section. */
export interface CodeLens {
  readonly offset: number;
  readonly title: string;
  readonly command: string;
  readonly tooltip: string;
}

type Action = Omit<CodeLens, 'offset'>;

/** Where the file has a sweep; its place is first, because it is what such a file is for. */
const TRAIN_SWEEP: Action = {
  title: '$(run-all) Train Sweep',
  command: 'mdfe.trainSweep',
  tooltip: 'Train the runs of SWEEP one after another, and rank them',
};

/** Actions on a configuration, in the order shown; those whose command is not there are left out. */
const ACTIONS: readonly Action[] = [
  { title: '$(play) Train', command: 'mdfe.train', tooltip: 'Train this configuration' },
  {
    title: '$(package) Zero-Shot Model',
    command: 'mdfe.zeroShot',
    tooltip: 'Package the backbone with an untrained projection',
  },
  {
    title: '$(target) Evaluate',
    command: 'mdfe.evaluate',
    tooltip: 'Score this configuration on held-out data',
  },
  {
    title: '$(graph-line) Preview',
    command: 'mdfe.openExperimentEditor',
    tooltip: 'Learning rate, margins, parameters and problems beside the text',
  },
  {
    title: '$(list-flat) Effective Config',
    command: 'mdfe.showEffectiveConfig',
    tooltip: 'All keys with the values that count',
  },
  {
    title: '$(diff) Diff with Defaults',
    command: 'mdfe.diffWithDefaults',
    tooltip: 'What this configuration changes',
  },
];

/** @param commands that exist */
export function codeLenses(text: string, commands: ReadonlySet<string>): CodeLens[] {
  const first = /^[A-Z_]+[ \t]*:/m.exec(text);
  if (!first) return [];
  const actions = hasSweep(text) ? [TRAIN_SWEEP, ...ACTIONS] : ACTIONS;
  return actions
    .filter(({ command }) => commands.has(command))
    .map((action) => ({
      offset: first.index,
      ...action,
    }));
}

/** The section stands there, whatever it says. */
export function hasSweep(text: string): boolean {
  return /^SWEEP[ \t]*:/m.test(text);
}
