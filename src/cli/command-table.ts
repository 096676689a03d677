import type { Command } from './command.ts';

/** Every command, by name, in the order of the help. Each is loaded when called: `mdfe stop` must not start TensorFlow. */
export const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
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
