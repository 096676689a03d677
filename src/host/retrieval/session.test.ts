import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HostToGallery } from '../../run/retrieval-messages.ts';
import { TaskFailed, TaskStopped } from '../task.ts';
import { GalleryCache } from './gallery-cache.ts';
import { RetrievalSession, type SessionParts } from './session.ts';

let dir: string;
let session: RetrievalSession;
let sent: HostToGallery[];
let commands: string[][];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'mdfe-session-'));
  mkdirSync(join(dir, 'run'));
  mkdirSync(join(dir, 'data'));
  writeFileSync(join(dir, 'run', 'run.json'), '{"version":1,"name":"r","pid":1,"lastCheckpoint":"c"}');
  sent = [];
  commands = [];
});
afterEach(() => {
  session.dispose();
  rmSync(dir, { recursive: true });
});

const run = () => ({
  runId: join(dir, 'run'),
  name: 'r',
  dataDir: join(dir, 'data'),
  csv: null,
  skipBadImages: false,
});

const summary = () => JSON.stringify({ root: join(dir, 'data'), notes: ['b'], domains: {}, metrics: {} });
const lines = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    query: `q${i}.jpg`,
    label: 'apple',
    domain: null,
    relevant: 1,
    score: 0,
    neighbours: [{ image: 'x.jpg', label: 'pear', distance: 1, right: false }],
  }));

/** A command line that finds 1,200 queries. */
const evaluates: SessionParts['task'] = async (args, { onProgress }) => {
  if (args[0] === 'neighbours')
    return JSON.stringify({ query: args[2], neighbours: [{ image: 'x.jpg', label: 'pear', distance: 2 }] });
  onProgress?.({ type: 'note', text: 'a' });
  onProgress?.({ type: 'status', text: 'scored', done: 1, total: 2 });
  const file = args[args.indexOf('--gallery') + 1]!;
  writeFileSync(
    file,
    lines(1200)
      .map((line) => `${JSON.stringify(line)}\n`)
      .join(''),
  );
  return summary();
};

function start(task: SessionParts['task']): RetrievalSession {
  session = new RetrievalSession({
    cache: new GalleryCache(join(dir, 'cache')),
    task: (args, hooks) => {
      commands.push([...args]);
      return task(args, hooks);
    },
    thumbnails: { program: process.execPath, args: [], env: {} },
    send: (message) => sent.push(message),
  });
  return session;
}

const types = () => sent.filter((m) => m.type !== 'search').map((m) => m.type);
const failure = () => sent.findLast((m) => m.type === 'failed');

describe('RetrievalSession', () => {
  it('evaluates, then sends the gallery in pieces', async () => {
    await start(evaluates).show(run());
    expect(types()).toEqual(['working', 'working', 'gallery', 'rows', 'rows', 'rows']);
    expect(sent.find((m) => m.type === 'gallery')).toMatchObject({
      total: 1200,
      summary: { notes: ['a', 'b'] },
    });
    expect(commands[0]).toContain('--json-progress');
    expect(session.file(0)).toBe(join(dir, 'data', 'q0.jpg'));
    expect(session.file(99_999)).toBeUndefined();
  });

  it('shows a gallery that was made before at once, and makes it again when asked or when it changed', async () => {
    await start(evaluates).show(run());
    await session.show(run());
    expect(commands).toHaveLength(1);
    await session.show(run(), true);
    await session.show({ ...run(), csv: join(dir, 'other.csv') });
    expect(commands).toHaveLength(3);
    expect(commands[2]).toContain('--csv');
  });

  it('tells a view that comes back everything again', async () => {
    await start(evaluates).show(run());
    sent.length = 0;
    await session.replay();
    expect(types()).toEqual(['gallery', 'rows', 'rows', 'rows']);
  });

  it('says that the run or the data folder is gone, without evaluating', async () => {
    await start(evaluates).show({ ...run(), runId: join(dir, 'gone') });
    expect(failure()).toMatchObject({ remedies: ['chooseRun'] });
    await session.show({ ...run(), dataDir: join(dir, 'gone') });
    expect(failure()).toMatchObject({
      title: 'The data folder is gone',
      remedies: ['chooseData', 'chooseRun'],
    });
    expect(commands).toEqual([]);
  });

  it.each([
    ['error: /r: this run has no checkpoint yet\n  to do:    wait', 'evaluate'],
    ['error: 3 images are damaged\n  to do: repair them, or --skip-bad-images', 'skipBadImages'],
    ['error: the file with the held-out images is not there', 'chooseCsv'],
    ['error: /d: the data folder does not exist', 'chooseData'],
    ['internal: something', 'evaluate'],
  ])('offers a way out of %j', async (message, remedy) => {
    await start(async () => {
      throw new TaskFailed(message, 1);
    }).show(run());
    expect(failure()).toMatchObject({
      text: message.replace('error: ', ''),
      remedies: expect.arrayContaining([remedy]),
    });
  });

  it('can be cancelled', async () => {
    let begun = () => {};
    const working = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const shown = start(
      (_args, { signal }) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(new TaskStopped()));
          begun();
        }),
    ).show(run());
    await working;
    session.cancel();
    await shown;
    expect(failure()).toMatchObject({ title: 'Not evaluated' });
  });

  it('sends nothing any more once it is disposed of', async () => {
    const shown = start(evaluates).show(run());
    sent.length = 0;
    session.dispose();
    await shown;
    expect(sent).toEqual([]);
  });

  it('looks an image of the user up', async () => {
    await start(evaluates).show(run());
    await session.search('/own/photo.jpg');
    const found = sent.at(-1);
    expect(found).toMatchObject({ type: 'search', state: 'found', row: { score: null } });
    expect(session.file((found as { row: { query: number } }).row.query)).toBe('/own/photo.jpg');
    session.closeSearch();
    expect(sent.at(-1)).toEqual({ type: 'search', state: 'closed' });
  });
});
