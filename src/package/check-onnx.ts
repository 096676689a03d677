import { MdfeError } from '../common/errors.ts';
import { Rng } from '../common/rng.ts';
import { IMAGE_MODEL } from '../lower/onnx/image-model.ts';
import { onnxRuntime } from '../lower/onnx/runtime.ts';

/** A size that no model has, so that the resize is exercised in both directions. */
const [HEIGHT, WIDTH] = [301, 203];
const IMAGES = 2;

/** Runs ONNX Runtime on a packaged model. @param pixels uint8 [n, 3, h, w] @returns [n, D] */
export async function runImageModel(
  path: string,
  pixels: Uint8Array,
  shape: readonly [n: number, channels: 3, height: number, width: number],
): Promise<Float32Array> {
  const ort = await onnxRuntime();
  const session = await ort.InferenceSession.create(path, {
    executionProviders: ['cpu'],
    logSeverityLevel: 3,
    extra: { session: { disable_prepacking: '1' } },
  });
  try {
    const feeds = { [IMAGE_MODEL.input]: new ort.Tensor('uint8', pixels, shape) };
    const { data } = (await session.run(feeds))[IMAGE_MODEL.output]!;
    return data as Float32Array;
  } finally {
    await session.release();
  }
}

/** Loads a packaged ONNX model and runs it on noise; throws unless it gives finite numbers of the right count. */
export async function checkOnnx(path: string, embeddingDim: number): Promise<void> {
  const rng = new Rng(0, 'check');
  const pixels = Uint8Array.from({ length: IMAGES * 3 * HEIGHT * WIDTH }, () => rng.below(256));
  const output = await runImageModel(path, pixels, [IMAGES, 3, HEIGHT, WIDTH]);
  if (output.length === IMAGES * embeddingDim && output.every(Number.isFinite)) return;
  throw new MdfeError({
    code: 'package/check-failed',
    what: 'the packaged model does not compute what it should',
    where: path,
    expected: `${IMAGES} x ${embeddingDim} finite numbers`,
    got: `${output.length} numbers, ${output.filter((x) => !Number.isFinite(x)).length} of them not finite`,
    todo: 'check the weights: a checkpoint of a run that diverged has no usable numbers',
  });
}
