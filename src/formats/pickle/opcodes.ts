import type { PickleMachine } from './machine.ts';

type Operation = (machine: PickleMachine) => void;

/** Longest integer, bytes: 64-bit numbers with room to spare. */
const INTEGER_BYTES = 32;

/**
 * The operations of protocols 2 to 5 that Python's pickler writes for plain data. Left out on purpose: the text
 * forms of protocol 0, sets, byte arrays and buffers, extension registry codes.
 */
export const OPCODES: ReadonlyMap<number, Operation> = new Map<number, Operation>([
  [0x80, proto],
  [0x95, (m) => void m.source.take(8)], // FRAME: only a hint for buffered reading

  [0x4e, (m) => m.push(null)], // NONE
  [0x88, (m) => m.push(true)], // NEWTRUE
  [0x89, (m) => m.push(false)], // NEWFALSE
  [0x4a, (m) => m.push(m.source.int32())], // BININT
  [0x4b, (m) => m.push(m.source.uint8())], // BININT1
  [0x4d, (m) => m.push(m.source.uint16())], // BININT2
  [0x8a, (m) => pushInteger(m, m.source.uint8())], // LONG1
  [0x8b, (m) => pushInteger(m, m.source.uint32())], // LONG4
  [0x47, (m) => m.push(m.source.float64())], // BINFLOAT

  [0x8c, (m) => m.push(m.source.text(m.source.uint8()))], // SHORT_BINUNICODE
  [0x58, (m) => m.push(m.source.text(m.source.uint32()))], // BINUNICODE
  [0x8d, (m) => m.push(m.source.text(m.source.length64()))], // BINUNICODE8
  [0x55, (m) => m.push(m.source.text(m.source.uint8()))], // SHORT_BINSTRING: text of Python 2
  [0x54, (m) => m.push(m.source.text(m.source.uint32()))], // BINSTRING
  [0x43, (m) => m.push(m.source.take(m.source.uint8()))], // SHORT_BINBYTES
  [0x42, (m) => m.push(m.source.take(m.source.uint32()))], // BINBYTES
  [0x8e, (m) => m.push(m.source.take(m.source.length64()))], // BINBYTES8

  [0x29, (m) => m.pushTuple([])], // EMPTY_TUPLE
  [0x85, (m) => m.pushLastAsTuple(1)], // TUPLE1
  [0x86, (m) => m.pushLastAsTuple(2)], // TUPLE2
  [0x87, (m) => m.pushLastAsTuple(3)], // TUPLE3
  [0x74, (m) => m.pushTuple(m.popMark())], // TUPLE
  [0x5d, (m) => m.push([])], // EMPTY_LIST
  [0x61, (m) => m.append([m.pop()])], // APPEND
  [0x65, (m) => m.append(m.popMark())], // APPENDS
  [0x7d, (m) => m.push(new Map())], // EMPTY_DICT
  [0x73, setItem],
  [0x75, (m) => m.setItems(m.popMark())], // SETITEMS

  [0x28, (m) => m.mark()], // MARK
  [0x30, (m) => void m.pop()], // POP
  [0x31, (m) => void m.popMark()], // POP_MARK
  [0x32, (m) => m.push(m.top())], // DUP
  [0x68, (m) => m.recall(m.source.uint8())], // BINGET
  [0x6a, (m) => m.recall(m.source.uint32())], // LONG_BINGET
  [0x71, (m) => m.remember(m.source.uint8())], // BINPUT
  [0x72, (m) => m.remember(m.source.uint32())], // LONG_BINPUT
  [0x94, (m) => m.rememberNext()], // MEMOIZE

  [0x63, (m) => m.pushGlobal(m.source.line(), m.source.line())], // GLOBAL
  [0x93, stackGlobal],
  [0x52, (m) => m.reduce()], // REDUCE
  [0x62, (m) => m.build()], // BUILD
  [0x51, (m) => m.persistent()], // BINPERSID

  [0x81, (m) => m.refuseObject()], // NEWOBJ
  [0x92, (m) => m.refuseObject()], // NEWOBJ_EX
  [0x6f, (m) => m.refuseObject()], // OBJ
  [0x69, inst],
]);

function proto(m: PickleMachine): void {
  const version = m.source.uint8();
  if (version < 2 || version > 5) throw m.broken(`pickle protocol ${version} cannot be read, only 2 to 5`);
}

function pushInteger(m: PickleMachine, length: number): void {
  if (length > INTEGER_BYTES) throw m.broken(`an integer of ${length} bytes`);
  const bytes = m.source.take(length);
  let value = 0n;
  for (const byte of bytes.toReversed()) value = (value << 8n) | BigInt(byte);
  value = BigInt.asIntN(8 * length, value);
  const number = Number(value);
  m.push(Number.isSafeInteger(number) ? number : value);
}

function setItem(m: PickleMachine): void {
  const value = m.pop();
  m.setItems([m.pop(), value]);
}

function stackGlobal(m: PickleMachine): void {
  const name = m.pop();
  m.pushGlobal(m.pop(), name);
}

/** INST of protocol 0 names a class and makes an object of it. */
function inst(m: PickleMachine): void {
  throw m.refused(`${m.source.line()}.${m.source.line()}`, 'made into an object');
}
