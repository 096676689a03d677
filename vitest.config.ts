import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{src,webview,scripts,test}/**/*.test.ts'],
    exclude: ['test/e2e/**', 'test/.cache/**'],
    pool: 'forks',
    // Milliseconds. Only what hangs may fail by it: on a busy machine a test that starts processes takes minutes.
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
