import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{src,webview,scripts,test}/**/*.test.ts'],
    exclude: ['test/e2e/**', 'test/.cache/**'],
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
