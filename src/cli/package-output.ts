import { formatBytes } from '../common/bytes.ts';
import { ExitCode } from '../common/errors.ts';
import { type Package, type PackageRequest, writePackage } from '../package/bundle.ts';
import { MODEL_FORMATS } from '../package/model-file.ts';
import { type PackageReport, reportPackage } from '../package/report.ts';
import type { StoredType } from '../package/weights.ts';
import { choiceOption } from './args.ts';
import { BACKBONE_OPTIONS } from './backbone-options.ts';
import type { Arguments, OptionSpec } from './command.ts';
import { JSON_PROGRESS_OPTION, progressFor } from './json-progress.ts';
import { unlessStopped } from './stop-signals.ts';

/** Options of every command that writes a packaged model. */
export const PACKAGE_OPTIONS = {
  'backbone-weights': BACKBONE_OPTIONS['backbone-weights'],
  half: {
    type: 'boolean',
    help: 'store the weights in float16: half the size; computes in float32 all the same',
  },
  format: {
    type: 'string',
    value: 'pt|onnx',
    help: 'TorchScript with what Kaggle needs, or ONNX',
    default: 'pt',
  },
  'drive-url': {
    type: 'string',
    value: 'URL',
    help: 'share link of the zip on Google Drive, for the notebook',
  },
  force: { type: 'boolean', help: 'replace files that are there' },
  json: { type: 'boolean', help: 'print what was written as JSON' },
  ...JSON_PROGRESS_OPTION,
} as const satisfies Record<string, OptionSpec>;

interface Hooks {
  readonly onStatus: (text: string) => void;
  readonly signal: AbortSignal;
}

type Content = Pick<PackageRequest, 'model' | 'name' | 'configText' | 'dir' | 'kaggleDir'>;

/**
 * Writes a package with progress and says what was written and what to do with it.
 * @param open finds the model
 * @returns undefined: stopped by the user, and nothing was left behind
 */
export async function packageFor(
  args: Arguments,
  open: (dtype: StoredType, hooks: Hooks) => Promise<Content>,
): Promise<Package | undefined> {
  const format = choiceOption(args, 'format', MODEL_FORMATS)!;
  const progress = progressFor(args);
  const stopping = () => progress.line('stopping');
  try {
    return await unlessStopped(stopping, async (signal) => {
      const hooks: Hooks = { onStatus: (text) => progress.status(text), signal };
      const content = await open(args.flag('half') ? 'F16' : 'F32', hooks);
      const driveUrl = args.string('drive-url');
      const force = args.flag('force');
      const written = await writePackage({ ...content, ...hooks, format, force, driveUrl });
      progress.clear();
      const report = reportPackage(written);
      if (args.flag('json')) console.log(JSON.stringify(report, null, 2));
      else summarise(report);
      return written;
    });
  } finally {
    progress.clear();
  }
}

/** Exit code of a command that only packages. */
export const exitCodeOf = (written: Package | undefined): ExitCode =>
  written ? ExitCode.done : ExitCode.stopped;

function summarise({ manifest, model, manifestFile, kaggle, warnings }: PackageReport): void {
  const { embeddingDim, weights, size } = manifest;
  console.log(`model:     ${model}  (${formatBytes(size)}, ${weights}, ${embeddingDim} numbers per image)`);
  console.log(`manifest:  ${manifestFile}`);
  if (kaggle) {
    console.log(`zip:       ${kaggle.zip}`);
    console.log(`notebook:  ${kaggle.notebook}`);
    console.log(`upload:    kaggle datasets create -p ${kaggle.datasetDir}`);
    console.log(`submit:    kaggle kernels push -p ${kaggle.kernelDir}`);
  }
  for (const { text } of warnings) console.error(`warning: ${text}`);
}
