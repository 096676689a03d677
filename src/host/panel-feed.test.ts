import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunEvent } from '../run/events.ts';
import { RunHistory } from '../run/history.ts';
import type { HostToPanel } from '../run/messages.ts';
import { PanelFeed } from './panel-feed.ts';
import type { RunMonitor } from './run-monitor.ts';

const log = (seq: number): RunEvent => ({ v: 1, seq, time: 0, type: 'log', text: `${seq}` });

function monitorWith(events: number): RunMonitor {
  const history = new RunHistory();
  for (let i = 0; i < events; i++) history.add(log(i));
  return { runId: 'r', history, record: null, status: 'training' } as unknown as RunMonitor;
}

let sent: HostToPanel[];
let feed: PanelFeed;
beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  feed = new PanelFeed((message) => sent.push(message));
});
afterEach(() => void vi.useRealTimers());

describe('PanelFeed', () => {
  it('sends nothing before the view has asked', () => {
    feed.push(monitorWith(1), [log(0)]);
    vi.advanceTimersByTime(1000);
    expect(sent).toEqual([]);
  });

  it('continues the snapshot without gap or repetition', () => {
    const monitor = monitorWith(3);
    expect(feed.show(monitor).history.next).toBe(3);
    feed.push(monitor, [log(2), log(3)]);
    feed.push(monitor, [log(4)]);
    vi.advanceTimersByTime(100);
    feed.push(monitor, [log(5)]);
    vi.advanceTimersByTime(100);
    expect(sent.map((m) => m.type === 'delta' && [m.from, m.events.length])).toEqual([
      [3, 2],
      [5, 1],
    ]);
  });

  it('sends at most ten messages a second', () => {
    const monitor = monitorWith(0);
    feed.show(monitor);
    for (let i = 0; i < 100; i++) {
      feed.push(monitor, [log(i)]);
      vi.advanceTimersByTime(10);
    }
    expect(sent.length).toBeLessThanOrEqual(10);
  });

  it('tells a new status without events', () => {
    const monitor = monitorWith(2);
    feed.show(monitor);
    feed.push(monitor, []);
    vi.advanceTimersByTime(100);
    expect(sent).toMatchObject([{ type: 'delta', from: 2, events: [] }]);
  });

  it('drops what was meant for a view that is gone', () => {
    const monitor = monitorWith(0);
    feed.show(monitor);
    feed.push(monitor, [log(0)]);
    feed.pause();
    vi.advanceTimersByTime(1000);
    expect(sent).toEqual([]);
  });
});
