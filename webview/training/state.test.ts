import { describe, expect, it } from 'vitest';
import { EVENT_VERSION, type EventBody, type RunEvent } from '../../src/run/events.ts';
import { foldEvents } from '../../src/run/history.ts';
import type { HostToPanel, SweepView } from '../../src/run/messages.ts';
import { takeSnapshot } from '../../src/run/snapshot.ts';
import { type PanelModel, receive } from './state.ts';

const event = (seq: number, body: EventBody) => ({ v: EVENT_VERSION, seq, time: 0, ...body }) as RunEvent;
const step = (seq: number, first: number) =>
  event(seq, { type: 'step', first, loss: [1], lr: [1], lrAfter: [1], epoch: 1, speed: 1, secondsLeft: 1 });
const snapshot = (runId: string, events: RunEvent[]): HostToPanel => ({
  type: 'snapshot',
  run: { runId, record: null, status: 'training', history: takeSnapshot(foldEvents(events)) },
  runs: [],
});
const delta = (runId: string, from: number, events: RunEvent[]): HostToPanel => ({
  type: 'delta',
  runId,
  from,
  events,
  record: null,
  status: 'training',
});

function model(...messages: HostToPanel[]): PanelModel {
  let now: PanelModel | null = null;
  for (const message of messages) {
    const result = receive(now, message);
    if (!('model' in result)) throw new Error(`asks again for ${result.askAgain}`);
    now = result.model;
  }
  return now!;
}

describe('receive', () => {
  it('continues a snapshot with deltas', () => {
    const { run } = model(snapshot('a', [step(0, 1)]), delta('a', 1, [step(1, 2), step(2, 3)]));
    expect(run?.history.step).toBe(3);
    expect(run?.history.next).toBe(3);
  });

  it('asks again after a gap', () => {
    const before = model(snapshot('a', [step(0, 1)]));
    expect(receive(before, delta('a', 2, [step(2, 3)]))).toEqual({ askAgain: 'a' });
  });

  it('counts events once when a delta overlaps the snapshot', () => {
    const { run } = model(snapshot('a', [step(0, 1), step(1, 2)]), delta('a', 1, [step(1, 2), step(2, 3)]));
    expect(run?.history.step).toBe(3);
  });

  it('ignores deltas of a run that is not shown', () => {
    const { run } = model(snapshot('a', [step(0, 1)]), delta('b', 1, [step(1, 2)]));
    expect(run?.runId).toBe('a');
    expect(run?.history.step).toBe(1);
  });

  it('takes a status without events', () => {
    const { run } = model(snapshot('a', [step(0, 1)]), {
      ...delta('a', 1, []),
      status: 'killed',
    } as HostToPanel);
    expect(run?.status).toBe('killed');
  });

  it('drops the old run on the snapshot of another', () => {
    const { run } = model(snapshot('a', [step(0, 1)]), snapshot('b', []));
    expect(run?.runId).toBe('b');
    expect(run?.history.step).toBe(0);
  });

  it('keeps the run when the list of runs changes', () => {
    const runs = [{ runId: 'a', name: 'a', status: 'done', created: '' }] as const;
    const after = model(snapshot('a', [step(0, 1)]), { type: 'runs', runs });
    expect(after.runs).toEqual(runs);
    expect(after.run?.history.step).toBe(1);
  });

  it('keeps the sweep of the shown run until another run is shown', () => {
    const sweep = { dir: '/s', record: {}, status: 'running', runIds: ['/a'] } as unknown as SweepView;
    const told: HostToPanel = { type: 'sweep', sweep };
    expect(model(snapshot('a', []), told, delta('a', 0, [step(0, 1)])).sweep).toBe(sweep);
    expect(model(snapshot('a', []), told, snapshot('a', [])).sweep).toBe(sweep);
    expect(model(snapshot('a', []), told, snapshot('b', [])).sweep).toBeNull();
  });
});

describe('comparison', () => {
  const curve = (runId: string, ...loss: number[]): HostToPanel => ({
    type: 'compared',
    run: { runId, name: runId, loss: Float32Array.from(loss) },
  });
  const lengths = ({ compared }: PanelModel) =>
    [...compared].map(([id, run]) => [id, run?.loss.length ?? null]);

  it('takes the curves of the runs that were chosen, in their order, and no others', () => {
    const chosen: HostToPanel = { type: 'comparison', runIds: ['b', 'c'] };
    const now = model(snapshot('a', []), chosen, curve('c', 1, 2), curve('d', 1));
    expect(lengths(now)).toEqual([
      ['b', null],
      ['c', 2],
    ]);
    expect(lengths(model(snapshot('a', []), chosen, curve('c', 1), curve('c', 1, 2)))[1]).toEqual(['c', 2]);
  });
  it('outlives another shown run, and ends when none is chosen', () => {
    const begin: HostToPanel[] = [snapshot('a', []), { type: 'comparison', runIds: ['b'] }, curve('b', 1)];
    expect(lengths(model(...begin, snapshot('c', [])))).toEqual([['b', 1]]);
    expect(lengths(model(...begin, { type: 'comparison', runIds: [] }))).toEqual([]);
  });
});
