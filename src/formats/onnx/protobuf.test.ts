import { describe, expect, it } from 'vitest';
import { ProtoWriter } from './protobuf.ts';

const hex = (writer: ProtoWriter) => Buffer.from(writer.finish()).toString('hex');

describe('ProtoWriter', () => {
  // Examples of the encoding guide, and int64 -1.
  it.each([
    ['150 in field 1', new ProtoWriter().int(1, 150), '089601'],
    ['text in field 2', new ProtoWriter().text(2, 'testing'), '120774657374696e67'],
    ['a message in field 3', new ProtoWriter().message(3, new ProtoWriter().int(1, 150)), '1a03089601'],
    ['packed numbers in field 6', new ProtoWriter().ints(6, [3, 270, 86942]), '3206038e029ea705'],
    ['-1', new ProtoWriter().int(1, -1), '08ffffffffffffffffff01'],
    ['1.0 as float in field 2', new ProtoWriter().float(2, 1), '150000803f'],
    ['a field number over 15', new ProtoWriter().int(20, 1), 'a00101'],
  ])('writes %s', (_, writer, expected) => {
    expect(hex(writer)).toBe(expected);
  });
});
