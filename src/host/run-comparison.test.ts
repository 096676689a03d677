import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { HostToPanel } from '../run/messages.ts';
import { RunComparison } from './run-comparison.ts';
import type { RunMonitor } from './run-monitor.ts';

const monitor = (runId: string, running: boolean, loss: number[], record: object | null = { name: runId }) =>
  ({ runId, running, record, history: { loss }, loaded: Promise.resolve() }) as unknown as RunMonitor;

function comparison(...monitors: RunMonitor[]) {
  const sent: HostToPanel[] = [];
  const released: string[] = [];
  const runs = {
    follow: (id: string) => monitors.find((m) => m.runId === id)!,
    release: (id: string) => released.push(id) > 0,
  };
  const made = new RunComparison(
    runs,
    (m) => sent.push(m),
    (id) => id === 'shown',
  );
  const curves = () =>
    sent.flatMap((m) => (m.type === 'compared' ? [[m.run.runId, m.run.name, m.run.loss.length]] : []));
  return { made, sent, released, curves };
}

describe('RunComparison', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('sends the curves, short names in a sweep, and lets go of runs that have ended', async () => {
    const member = monitor('b', false, [1], { name: 'b', sweep: { name: 's', index: 1, label: 'lr=1' } });
    const { made, sent, released, curves } = comparison(member, monitor('gone', false, [], null));
    await made.show(['b', 'gone']);
    expect(sent[0]).toEqual({ type: 'comparison', runIds: ['b', 'gone'] });
    expect(curves()).toEqual([['b', 'lr=1', 1]]);
    expect(released).toEqual(['b', 'gone']);
  });

  it('sends a run that goes on again, some time after it changed', async () => {
    const live = monitor('live', true, [1, 2]);
    const { made, released, curves } = comparison(live);
    await made.show(['live']);
    live.history.loss.push(3);
    made.push(live);
    made.push(live);
    made.push(monitor('other', true, [1]));
    expect(curves()).toHaveLength(1);
    vi.runAllTimers();
    expect(curves()).toEqual([
      ['live', 'live', 2],
      ['live', 'live', 3],
    ]);
    expect(released).toEqual([]);
  });

  it('is silent while the view is gone', async () => {
    const live = monitor('live', true, [1]);
    const { made, curves } = comparison(live);
    await made.show(['live']);
    made.push(live);
    made.pause();
    vi.runAllTimers();
    expect(curves()).toHaveLength(1);
  });
});
