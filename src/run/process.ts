export { isAlive, ownIdentity, type ProcessIdentity, processStart } from '../common/process.ts';
