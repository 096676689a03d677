import { describe, expect, it } from 'vitest';
import { PICKLE_LIMITS, PickleGlobal, type PickleValue, unpickle, type Vocabulary } from './pickle.ts';

const vocabulary: Vocabulary = {
  globals: new Map([
    ['collections.OrderedDict', new PickleGlobal('collections.OrderedDict', () => new Map())],
    ['m.double', new PickleGlobal('m.double', ([n]) => 2 * (n as number))],
    ['m.constant', new PickleGlobal('m.constant')],
  ]),
  persistent: (id) => (id === 'known' ? 'resolved' : fail(`unknown id ${String(id)}`)),
};

function fail(message: string): never {
  throw new Error(message);
}

/** Text stands for its bytes, numbers for themselves. */
const bytes = (...parts: (string | number | Uint8Array)[]) =>
  Buffer.concat(
    parts.map((p) => (typeof p === 'number' ? Buffer.of(p) : Buffer.from(p as string, 'latin1'))),
  );
const load = (...parts: (string | number | Uint8Array)[]): PickleValue =>
  unpickle('file', bytes(...parts), vocabulary);
const PROTO = '\x80\x02';

describe('unpickle', () => {
  it.each<[string, string, PickleValue]>([
    ['None', 'N.', null],
    ['booleans', '\x88\x89\x86.', [true, false]],
    ['small integers', '(K\xffM\x00\x01J\xff\xff\xff\xfft.', [255, 256, -1]],
    [
      'long integers',
      '(\x8a\x00\x8a\x05\x00\x00\x00\x00\x01\x8a\x01\xffe.'.replace('e.', 't.'),
      [0, 2 ** 32, -1],
    ],
    ['an integer beyond 2^53', '\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f.', 2n ** 63n - 1n],
    ['a float', 'G\x3f\xf8\x00\x00\x00\x00\x00\x00.', 1.5],
    ['text', 'X\x02\x00\x00\x00\xc3\xa4.', 'ä'],
    ['text of protocol 4', '\x95\x05\x00\x00\x00\x00\x00\x00\x00\x8c\x02ab\x94.', 'ab'],
    ['bytes', 'C\x02ab.', Uint8Array.from([97, 98])],
    ['lists', '](K\x01K\x02eK\x03a.', [1, 2, 3]],
    [
      'dictionaries',
      '}(K\x01K\x02U\x01aK\x03uK\x05Ns.',
      new Map<string | number, number | null>([
        [1, 2],
        ['a', 3],
        [5, null],
      ]),
    ],
    ['remembered values', ']q\x00h\x00\x86.', [[], []]],
    ['an OrderedDict with attributes', 'ccollections\nOrderedDict\n)R}b.', new Map()],
    ['a call of an allowed name', 'cm\ndouble\nK\x04\x85R.', 8],
    ['a name from the stack', '\x8c\x01m\x8c\x06double\x93K\x04\x85R.', 8],
    ['a persistent id', 'X\x05\x00\x00\x00knownQ.', 'resolved'],
    ['discarded values', 'K\x01K\x020(K\x031.', 1],
  ])('reads %s', (_, program, expected) => {
    expect(load(PROTO, program)).toEqual(expected);
  });

  // What `pickle.dumps` gives for objects whose __reduce__ names the function; every one would run on load.
  it.each([
    ['os.system', `${PROTO}cposix\nsystem\nX\x02\x00\x00\x00ls\x85R.`, /posix\.system/],
    ['os.system of protocol 4', '\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x02ls\x85R.', /os\.system/],
    ['builtins.eval', `${PROTO}c__builtin__\neval\nX\x01\x00\x00\x001\x85R.`, /__builtin__\.eval/],
    ['subprocess.Popen as an object', `${PROTO}csubprocess\nPopen\n)\x81.`, /subprocess\.Popen/],
    [
      'an allowed name as an object',
      `${PROTO}ccollections\nOrderedDict\n)\x81.`,
      /OrderedDict to be made into an object/,
    ],
    ['INST', `${PROTO}(U\x02lsios\nsystem\n.`, /os\.system/],
    ['OBJ', `${PROTO}(cm\ndouble\nK\x01o.`, /m\.double/],
    ['a constant that is called', `${PROTO}cm\nconstant\n)R.`, /m\.constant to be called/],
    ['text that is called', `${PROTO}U\x02ls)R.`, /the value ls to be called/],
    ['BUILD of a list', `${PROTO}]}b.`, /a list to be given a state/],
    ['BUILD of a name', `${PROTO}cm\ndouble\n}b.`, /m\.double to be given a state/],
    ['attributes behind a dot', `${PROTO}ccollections\nOrderedDict.fromkeys\n.`, /OrderedDict\.fromkeys/],
    ['a name that JavaScript knows', `${PROTO}cconstructor\nprototype\n.`, /constructor\.prototype/],
  ])('refuses %s and names it', (_, program, message) => {
    expect(() => load(program)).toThrow(message);
    expect(() => load(program)).toThrow(expect.objectContaining({ code: 'pickle/refused' }));
  });

  it.each([
    ['an unknown operation', '\x80\x02\xff', /operation 0xff is not allowed/],
    ['protocol 0 text', 'I1\n.', /operation 0x49/],
    ['an extension code', '\x82\x01.', /operation 0x82/],
    ['another protocol', '\x80\x06N.', /protocol 6/],
    ['a pickle that ends early', 'X\xff\x00\x00\x00abc', /ends early/],
    ['a length beyond any memory', '\x8d\xff\xff\xff\xff\xff\xff\xff\xff.', /ends early/],
    ['a missing STOP', 'N', /ends early/],
    ['an empty stack', '0.', /stack is empty/],
    ['a missing mark', 't.', /mark is missing/],
    ['a value left over', 'NN.', /before its value is complete/],
    ['an open mark', '(N.', /before its value is complete/],
    ['an unknown memo', 'h\x07.', /nothing was remembered as 7/],
    ['a list as a key', '}]Ns.', /dictionary key/],
    ['a key without a value', '}(K\x01u.', /key without a value/],
    ['appending to a tuple', ')Na.', /other than a list/],
    ['setting entries of a list', ']NNs.', /other than a dictionary/],
    ['a huge integer', '\x8b\xff\xff\xff\x00.', /integer of 16777215 bytes/],
    ['an unknown persistent id', 'NQ.', /unknown id null/],
    ['a global without line end', 'cos', /line without end/],
  ])('reports %s', (_, program, message) => {
    expect(() => load(program)).toThrow(message);
  });

  it('bounds nesting, marks, memory and size', () => {
    const { depth, memo, stack, size } = PICKLE_LIMITS;
    expect(() => load(`)${'\x85'.repeat(depth - 1)}.`)).not.toThrow();
    expect(() => load(`)${'\x85'.repeat(depth)}.`)).toThrow(/containers within containers/);
    expect(() => load(`]${']a'.repeat(10)}.`)).not.toThrow();
    expect(() => load(']'.repeat(depth + 1), 'a'.repeat(depth), '.')).toThrow(/containers within containers/);
    expect(() => load('('.repeat(depth + 1))).toThrow(/open marks/);
    expect(() => load('N'.repeat(stack + 1))).toThrow(/values on its stack/);
    expect(() => load('N', '\x94'.repeat(memo + 1), '.')).toThrow(/remembered values/);
    expect(() => load(new Uint8Array(size + 1))).toThrow(/to be a checkpoint/);
  });

  it('holds a billion shared references without unfolding them', () => {
    const doubled = Array.from({ length: 40 }, (_, i) => bytes('(', 'h', i, 'h', i, 't', 'q', i + 1, '0'));
    const program = [bytes(PROTO, ')q', 0, '0'), ...doubled, bytes('h', 40, '.')];
    expect(load(...program)).toHaveLength(2);
  });
});
