import { extname, join, resolve } from 'node:path';
import { requireWritable, writeAtomically } from '../../common/atomic-file.ts';
import { counted } from '../../common/counted.ts';
import { ExitCode, type MdfeError, usageError } from '../../common/errors.ts';
import { isFolder } from '../../common/file-kind.ts';
import { imagesBelow, leftOut } from '../../data/datasets/own-data.ts';
import { writeNpy } from '../../formats/npy.ts';
import { writeSafetensors } from '../../formats/safetensors.ts';
import { embedImages } from '../../train/embed-images.ts';
import type { Command } from '../command.ts';
import { INFERENCE_OPTIONS, openTarget } from '../inference-options.ts';
import { progressFor } from '../json-progress.ts';
import { untilStopped } from '../stop-signals.ts';

export const embed: Command = {
  name: 'embed',
  summary: 'Embed images with a run or a configuration, as the packaged model does',
  positionals: 'RUN_OR_CONFIG IMAGES_OR_FOLDER...',
  options: {
    output: {
      type: 'string',
      value: 'FILE',
      help: 'X.safetensors (tensor embeddings, file names in its metadata) or X.npy (file names in X.npy.json)',
    },
    features: { type: 'boolean', help: "write the backbone's features, before the neck" },
    ...INFERENCE_OPTIONS,
  },
  async run(args) {
    const [path, ...inputs] = args.positionals as [string, ...string[]];
    const output = readOutput(args.string('output'));
    await requireWritable(output.path);
    const featuresOnly = args.flag('features');
    const target = await openTarget(path, args);
    const frozen = target.config.MODEL.BACKBONE.freeze_backbone;
    if (featuresOnly && frozen && args.string('checkpoint') !== undefined) throw nothingToLoad();
    const files = await listImages(inputs);
    const progress = progressFor(args);
    return untilStopped('stopping', progress, async (signal) => {
      const { embeddings, dim, kept, neckTitle } = await embedImages(
        {
          ...target,
          images: { root: resolve('.'), length: files.length, image: (i) => resolve(files[i]!) },
          featuresOnly,
        },
        {
          signal,
          onStatus: (text) => progress.status(text),
          onFeatures: (p) => progress.features(p),
        },
      );
      progress.clear();
      if (!featuresOnly && target.checkpoint === undefined)
        progress.line(`note: the neck is ${neckTitle}; --checkpoint FILE takes a trained one`);
      const names = Array.from(kept, (i) => files[i]!);
      await WRITERS[output.format](output.path, embeddings, dim, names);
      const left = files.length - names.length;
      console.log(
        `wrote ${output.path}: ${featuresOnly ? 'features' : 'embeddings'} [${names.length}, ${dim}]` +
          (left > 0 ? `; ${counted(left, 'bad image')} left out` : ''),
      );
      return ExitCode.done;
    });
  },
};

/** The neck is all that a checkpoint holds beside a frozen backbone. */
function nothingToLoad(): MdfeError {
  return usageError({
    code: 'usage/features-checkpoint',
    what: '--features end before the neck, and a frozen backbone has nothing to load',
    where: '--checkpoint',
    todo: 'leave --checkpoint out, or --features; other weights of the backbone: --backbone-weights FILE',
  });
}

type Format = 'safetensors' | 'npy';
type Write = (path: string, embeddings: Float32Array, dim: number, names: readonly string[]) => Promise<void>;

const WRITERS: { readonly [F in Format]: Write } = {
  safetensors: (path, embeddings, dim, names) =>
    writeSafetensors(path, [['embeddings', { shape: [names.length, dim], data: embeddings }]], {
      format: 'mdfe-embeddings',
      files: JSON.stringify(names),
    }),
  npy: async (path, embeddings, dim, names) => {
    await writeNpy(path, [names.length, dim], embeddings);
    await writeAtomically(`${path}.json`, `${JSON.stringify({ files: names }, null, 1)}\n`);
  },
};

function readOutput(path: string | undefined): { readonly path: string; readonly format: Format } {
  const format = path === undefined ? undefined : extname(path).slice(1);
  if (path !== undefined && (format === 'safetensors' || format === 'npy')) return { path, format };
  throw usageError({
    code: 'usage/output',
    what: path === undefined ? '--output is missing' : 'this kind of file cannot be written',
    where: '--output',
    expected: 'a file ending with .safetensors or .npy',
    got: path,
  });
}

/** The images in the order given; those of a folder sorted by path. */
async function listImages(inputs: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  const left: string[] = [];
  for (const input of inputs)
    if (await isFolder(input)) {
      const images = await imagesBelow(input, (other) => left.push(join(input, other)));
      files.push(...images.map((file) => join(input, file)));
    } else files.push(input);
  if (files.length > 0 && left.length > 0) console.error(`warning: ${leftOut(left)}`);
  if (files.length > 0) return files;
  throw usageError({
    code: 'usage/no-images',
    what: 'there are no images to embed',
    where: inputs.join(', '),
    expected: 'image files (jpg, png, webp, gif, tiff, avif), or folders with some',
    got: left.length > 0 ? leftOut(left) : undefined,
  });
}
