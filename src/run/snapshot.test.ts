import { describe, expect, it } from 'vitest';
import { EVENT_VERSION, type EventBody, type RunEvent } from './events.ts';
import { foldEvents } from './history.ts';
import { restoreHistory, SNAPSHOT_LINES, takeSnapshot } from './snapshot.ts';

const STEPS = 1000;
const BATCH = 10;

function number(bodies: EventBody[]): RunEvent[] {
  return bodies.map((body, seq) => ({ v: EVENT_VERSION, seq, time: seq, ...body }) as RunEvent);
}

function stepEvents(): EventBody[] {
  return Array.from({ length: STEPS / BATCH }, (_, b) => ({
    type: 'step',
    first: b * BATCH + 1,
    loss: Array.from({ length: BATCH }, (_, i) => 1 / (b * BATCH + i + 1)),
    lr: Array(BATCH).fill(0.5),
    lrAfter: Array(BATCH).fill(0.25),
    epoch: 1,
    speed: 100,
    secondsLeft: 3,
  }));
}

describe('history snapshot', () => {
  it('restores to the same curves and goes on from there', () => {
    const events = number([
      ...stepEvents(),
      { type: 'epoch', epoch: 1, meanLoss: 0.5, seconds: 2 },
      ...stepEvents().map((e) => (e.type === 'step' ? { ...e, first: e.first + STEPS } : e)),
      { type: 'end', status: 'done', step: 2 * STEPS, seconds: 4 },
    ]);
    const whole = foldEvents(events);
    const half = restoreHistory(structuredClone(takeSnapshot(foldEvents(events.slice(0, 150)))));
    expect(half.next).toBe(150);
    for (const event of events.slice(150)) half.add(event);
    expect(half.loss).toHaveLength(2 * STEPS);
    expect(Float32Array.from(half.loss)).toEqual(Float32Array.from(whole.loss));
    expect(half.epochs).toEqual(whole.epochs);
    expect(half.outcome).toEqual(whole.outcome);
    expect(half.next).toBe(whole.next);
  });

  it('keeps the newest log lines only', () => {
    const lines = Array.from(
      { length: SNAPSHOT_LINES + 5 },
      (_, i): EventBody => ({ type: 'log', text: `${i}` }),
    );
    const snapshot = takeSnapshot(foldEvents(number(lines)));
    expect(snapshot.lines).toHaveLength(SNAPSHOT_LINES);
    expect(snapshot.lines.at(-1)?.text).toBe(`${SNAPSHOT_LINES + 4}`);
  });

  it('takes twelve bytes a step', () => {
    const { loss, lr, lrAfter } = takeSnapshot(foldEvents(number(stepEvents())));
    expect(loss.byteLength + lr.byteLength + lrAfter.byteLength).toBe(12 * STEPS);
  });

  it('holds an empty run', () => {
    expect(restoreHistory(takeSnapshot(foldEvents([]))).step).toBe(0);
  });
});
