/**
 * Tests run compiled, beside the code they test, so that worker threads find their files where a user's would.
 * A process per file: tests start threads and load native libraries.
 */
export default {
  files: ['packages/*/dist/**/*.test.js', 'tools/**/*.test.mjs'],
  workerThreads: false,
  concurrency: 2,
  timeout: '90s',
};
