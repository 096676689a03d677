import type { TensorEntry, TensorFile } from '../../formats/safetensors.ts';

/** Our own parts of a checkpoint; some backbones publish tensors of the same names (EVA-02's classifier `head.weight`). */
const OURS = /^(neck|head)\./;
const PREFIX = 'backbone.';

/** Name of a backbone's tensor in a checkpoint: the published one, unless neck or head would take it. */
export function savedName(published: string): string {
  return OURS.test(published) ? PREFIX + published : published;
}

/** A checkpoint of fine-tuning as a file of its backbone's weights; any other file as it is. */
export function backboneOf(file: TensorFile): TensorFile {
  if (file.metadata.format !== 'mdfe-checkpoint') return file;
  const tensors = new Map<string, TensorEntry>();
  for (const [name, entry] of file.tensors)
    if (!OURS.test(name)) tensors.set(name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name, entry);
  return { ...file, tensors };
}
