import { expect, test } from 'vitest';
import { Rng } from '../../src/common/rng.ts';
import { DocumentSync, type SharedDocument } from '../../src/host/experiment-editor/document-sync.ts';
import { applyEdits, type TextEdit } from '../../src/language/edits.ts';
import type { DocumentMessage, EditMessage } from '../../src/language/experiment-editor-messages.ts';
import { Sync } from './sync.ts';

/** A document that takes an edit some time after it is asked to, and only if nothing came in between. */
class SlowDocument implements SharedDocument {
  text = '';
  private revision = 1;
  readonly waiting: (() => void)[] = [];
  changed: (edits: readonly TextEdit[]) => void = () => {};
  isReadOnly = false;

  version(): number {
    return this.revision;
  }

  edit(edits: readonly TextEdit[]): void {
    this.text = applyEdits(this.text, edits);
    this.revision++;
    this.changed(edits);
  }

  apply(edits: readonly TextEdit[]): Promise<boolean> {
    const asked = this.revision;
    return new Promise((resolve) => {
      this.waiting.push(() => {
        const taken = asked === this.revision && !this.isReadOnly;
        if (taken) this.edit(edits);
        // Others may come before the answer does.
        this.waiting.push(() => resolve(taken));
      });
    });
  }
}

/** Both halves with a slow line between them. */
class World {
  readonly document = new SlowDocument();
  readonly toPage: DocumentMessage[] = [];
  readonly toHost: EditMessage[] = [];
  readonly host = new DocumentSync(this.document, (message) => this.toPage.push(message));
  readonly page: Sync;
  pageText = '';

  constructor() {
    this.document.changed = (edits) => this.host.changed({ revision: this.document.version(), edits });
    this.page = new Sync(this.document.version(), {
      send: (message) => this.toHost.push(message),
      apply: (edits) => {
        this.pageText = applyEdits(this.pageText, edits);
      },
    });
  }

  type(...edits: TextEdit[]): void {
    this.pageText = applyEdits(this.pageText, edits);
    this.page.type(edits);
  }

  /** Things that can happen next. */
  get events(): (() => void)[] {
    const { toPage, toHost, document } = this;
    return [
      ...(toPage.length > 0 ? [() => this.page.receive(toPage.shift()!)] : []),
      ...(toHost.length > 0 ? [() => void this.host.edit(toHost.shift()!)] : []),
      ...(document.waiting.length > 0 ? [() => document.waiting.shift()!()] : []),
    ];
  }

  async run(): Promise<void> {
    for (;;) {
      await new Promise(setImmediate);
      const [next] = this.events;
      if (!next) return;
      next();
    }
  }
}

const insertion = (at: number, newText: string): TextEdit => ({ start: at, end: at, newText });

test('what is typed arrives, in one edit at a time', async () => {
  const world = new World();
  world.type(insertion(0, 'a'));
  world.page.flush();
  world.type(insertion(1, 'b'));
  world.type(insertion(2, 'c'));
  const settled = world.page.settled();
  expect(world.toHost).toHaveLength(1);
  expect(world.page.isSettled).toBe(false);
  await world.run();
  await settled;
  expect(world.document.text).toBe('abc');
  expect(world.document.version()).toBe(3);
  expect(world.page.revision).toBe(3);
  expect(world.page.isSettled).toBe(true);
});

test('an edit that another one overtook is carried over it', async () => {
  const world = new World();
  world.document.edit([insertion(0, 'lr: 1\n')]);
  await world.run();
  world.type(insertion(6, 'x'));
  world.page.flush();
  world.type(insertion(7, 'y'));
  world.document.edit([{ start: 4, end: 5, newText: '0.02' }]);
  await world.run();
  world.page.flush();
  await world.run();
  expect(world.document.text).toBe('lr: 0.02\nxy');
  expect(world.pageText).toBe('lr: 0.02\nxy');
});

test('typed and taken back before it was sent', async () => {
  const world = new World();
  world.type(insertion(0, 'a'));
  world.type({ start: 0, end: 1, newText: '' });
  await world.page.settled();
  expect(world.toHost).toEqual([]);
});

test('a document that cannot be changed is not asked again and again; the next key asks once more', async () => {
  const world = new World();
  world.document.isReadOnly = true;
  world.type(insertion(0, 'a'));
  world.page.flush();
  await world.run();
  expect(world.page.isSettled).toBe(false);
  world.document.isReadOnly = false;
  world.type(insertion(1, 'b'));
  world.page.flush();
  await world.run();
  expect(world.document.text).toBe('ab');
});

test('after a restart what was not acknowledged can be typed again', async () => {
  const world = new World();
  world.type(insertion(0, 'a'));
  world.page.flush();
  world.page.restart(world.document.version());
  world.page.type([insertion(0, 'a')]);
  world.toHost.length = 0;
  world.page.flush();
  await world.run();
  expect(world.document.text).toBe('a');
  expect(world.page.isSettled).toBe(true);
});

/** Inserts characters that never occurred before; notes what a deletion takes away. */
class Author {
  private next = 0x4e00;
  readonly inserted = new Set<string>();
  readonly deleted = new Set<string>();
  private readonly rng: Rng;

  constructor(rng: Rng) {
    this.rng = rng;
  }

  edits(text: string): TextEdit[] {
    const { rng } = this;
    const places = Array.from({ length: 2 * (1 + rng.below(2)) }, () => rng.below(text.length + 1));
    places.sort((a, b) => a - b);
    const edits: TextEdit[] = [];
    for (let i = 0; i < places.length; i += 2) {
      const start = places[i]!;
      const end = rng.below(3) === 0 ? places[i + 1]! : start;
      for (const character of text.slice(start, end)) this.deleted.add(character);
      const newText = Array.from({ length: rng.below(3) }, () => String.fromCharCode(this.next++)).join('');
      for (const character of newText) this.inserted.add(character);
      edits.unshift({ start, end, newText });
    }
    return edits;
  }
}

test.each(Array.from({ length: 40 }, (_, seed) => seed))(
  'two authors at once, case %i: both sides end with one text, which has everything that nobody deleted',
  async (seed) => {
    const rng = new Rng(seed, 'two authors');
    const world = new World();
    const author = new Author(rng);
    for (let step = 0; step < 400; step++) {
      const choice = rng.below(10);
      if (choice < 2) world.type(...author.edits(world.pageText));
      else if (choice < 3) world.document.edit(author.edits(world.document.text));
      else if (choice < 5) world.page.flush();
      else {
        const { events } = world;
        if (events.length > 0) events[rng.below(events.length)]!();
        await new Promise(setImmediate);
      }
    }
    world.page.flush();
    await world.run();
    expect(world.page.isSettled).toBe(true);
    expect(world.page.revision).toBe(world.document.version());
    expect(world.pageText).toBe(world.document.text);
    const kept = [...author.inserted].filter((character) => !author.deleted.has(character));
    expect([...world.pageText].sort()).toEqual(kept.sort());
  },
);
