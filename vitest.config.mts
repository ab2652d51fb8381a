import { defineConfig } from 'vitest/config'
import { times } from './test/reliability/rounds.ts'

const patient = { testTimeout: 60_000, hookTimeout: 60_000 }

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['core', 'localRegistry', 'extension', 'contract'].map(
            (part) => `test/${part}/**/*.test.ts`,
          ),
          // Many of these wait for processes and for the disk more than they compute.
          maxWorkers: 4,
          // Some start servers; on a busy machine that takes a while.
          testTimeout: 20_000,
          // What a test leaves is searched for secrets before it goes.
          hookTimeout: 60_000,
        },
      },
      // The built command line, as a process: under the Node that CHARTROOM_NODE names.
      { test: { name: 'cli', include: ['test/cli/**/*.test.ts'], ...patient } },
      { test: { name: 'registries', include: ['test/registries/**/*.test.ts'], ...patient } },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/e2e/setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // A real window loses a hover or a click now and then. The summary names every test that needed the second try.
          retry: 1,
          // A window needs a whole core; two at a time are slower than one after the other.
          maxWorkers: 1,
        },
      },
      // Kills, power losses, full disks and other programs at the same time; CHARTROOM_RELIABILITY=10 does ten times as much.
      {
        test: {
          name: 'reliability',
          include: ['test/reliability/**/*.test.ts'],
          globalSetup: ['test/reliability/setup.ts'],
          testTimeout: 10 * 60_000 * Math.max(1, times),
          hookTimeout: 60_000,
          // One of them has hung once, and nobody knows which. The summary names every test that needed the second try; what is found
          // wrong is not tried again.
          retry: { count: 1, condition: /^Test timed out/ },
          // Each of them keeps all processors busy.
          maxWorkers: 1,
        },
      },
      // `npm run bench`. Never a part of the tests: what it finds depends on the machine.
      {
        test: {
          name: 'bench core',
          include: ['test/bench/core*.bench.ts'],
          testTimeout: 20 * 60_000,
          hookTimeout: 20 * 60_000,
          maxWorkers: 1,
        },
      },
      {
        test: {
          name: 'bench',
          include: ['test/bench/**/*.bench.ts'],
          exclude: ['test/bench/core*.bench.ts'],
          globalSetup: ['test/bench/setup.ts'],
          testTimeout: 20 * 60_000,
          hookTimeout: 20 * 60_000,
          maxWorkers: 1,
        },
      },
    ],
  },
})
