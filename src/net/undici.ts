/**
 * What is used of undici, which is loaded with the first request. Import this module, not the package: a bundled CommonJS
 * package that is imported while the program runs has no named exports.
 */
export { Agent, EnvHttpProxyAgent, Pool, stream } from 'undici';
