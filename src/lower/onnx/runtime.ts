/**
 * From 1.29 on, ONNX Runtime writes a device id and a database into the user's cache folder on Linux and macOS and sends
 * what it runs to its maker. It also searches the command line with an expression that overflows the stack from 12 kB
 * on. This forbids both; it has to be said in the main thread, because a worker's environment is a copy of its own.
 */
export function forbidTelemetry(): void {
  process.env.ORT_DISABLE_TELEMETRY = '1';
}

/** ONNX Runtime, which is to be loaded through here alone. */
export async function onnxRuntime(): Promise<typeof import('onnxruntime-node')> {
  forbidTelemetry();
  return import('onnxruntime-node');
}
