import { build } from 'esbuild'
import { join } from 'node:path'
import { workerBundle } from './workers.ts'

/** Bundles the worker: as one file it starts in a quarter of the time, and it is started more than a thousand times. */
export async function setup(): Promise<void> {
  await build({
    entryPoints: [join(import.meta.dirname, 'worker.ts')],
    outfile: workerBundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  })
}
