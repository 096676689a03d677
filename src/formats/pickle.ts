/** A reader for Python's pickle format that builds plain data and what its caller names, and runs nothing. */
export { PICKLE_LIMITS } from './pickle/machine.ts';
export { unpickle } from './pickle/unpickle.ts';
export {
  type PickleDict,
  PickleGlobal,
  PickleObject,
  type PickleValue,
  type Vocabulary,
} from './pickle/values.ts';
