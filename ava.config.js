/**
 * Tests run compiled, beside the code they test, so that worker threads find their files where a user's would.
 * A process per file: tests start threads and load native libraries. One more of them than two cores need: a good part
 * of the tests' time is waiting, for brokers, cameras and browsers.
 */
export default {
  files: ['packages/*/dist/**/*.test.js', 'tools/**/*.test.mjs'],
  workerThreads: false,
  concurrency: 3,
  timeout: '90s',
};
