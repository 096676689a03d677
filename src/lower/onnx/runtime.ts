import { firstLine, MdfeError } from '../../common/errors.ts';

/**
 * From 1.29 on, ONNX Runtime writes a device id and a database into the user's cache folder on Linux and macOS and sends
 * what it runs to its maker. It also searches the command line with an expression that overflows the stack from 12 kB
 * on. This forbids both; it has to be said in the main thread, because a worker's environment is a copy of its own.
 */
export function forbidTelemetry(): void {
  process.env.ORT_DISABLE_TELEMETRY = '1';
}

/**
 * ONNX Runtime, which is to be loaded through here alone.
 * @throws MdfeError `onnx/not-here` where its package has no library for this platform (macOS on Intel)
 */
export async function onnxRuntime(): Promise<typeof import('onnxruntime-node')> {
  forbidTelemetry();
  try {
    return await import('onnxruntime-node');
  } catch (cause) {
    throw new MdfeError({
      code: 'onnx/not-here',
      what: 'ONNX Runtime, which runs frozen backbones, does not load on this machine',
      expected: 'Linux or Windows on x64 or arm64, or macOS on arm64',
      got: `${process.platform} on ${process.arch}: ${firstLine(cause)}`,
      todo: 'install the package onnxruntime-node again (npm ci), or use another machine',
      cause,
    });
  }
}
