import { requestStop } from '../run/stop.ts';
import type { RunMonitor } from './run-monitor.ts';

/**
 * Asks a run to write a checkpoint and end: a signal to its process (after checking that it is still that process)
 * and, for systems without signals and shared disks, a file in its folder.
 */
export function stopRun(monitor: RunMonitor): void {
  if (!monitor.running) return; // ended meanwhile: what was asked for is true
  requestStop(monitor.runId);
}
