/**
 * `npm test`: every check and every test, one after the other; the last line adds them all up. A check counts as one.
 */
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { installNested } from './nestedPackage.ts'
import { run } from './processes.ts'
import { beginSecretSearch, concludeSecretSearch, printAndKeep } from './secretSearch.ts'
import { ensureSystemPackages } from './systemPackages.ts'

interface Summary {
  readonly passed: number
  readonly failed: number
  /** Names, with the reason where there is one. */
  readonly skipped: readonly string[]
  /** Names of tests that passed at the second try only, with what was wrong at the first. */
  readonly repeated?: readonly string[]
}

const project = join(import.meta.dirname, '..')
const bin = join(project, 'node_modules', '.bin')
const results = join(project, 'out', 'results')
const node20 = join(project, 'test', 'node20')

/** Milliseconds within which a part has to end; on two slow processors the longest takes nearly 45 minutes. */
const patience = 50 * 60_000

// What a part has started goes with this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

const search = await beginSecretSearch(join(project, 'out', 'secrets'))
process.exitCode = await testEverything()

async function testEverything(): Promise<number> {
  await ensureSystemPackages(
    ['docker-registry', 'apache2-utils', 'openssl', 'tinyproxy', 'nginx', 'skopeo', 'gnupg', 'chromium'],
    console.log,
  )
  await installNested(node20, () => {
    console.log('Installing Node 20 into test/node20: a few seconds, once.')
  })
  await rm(results, { recursive: true, force: true })
  await mkdir(results, { recursive: true })
  const oldNode = join(node20, 'node_modules', 'node', 'bin', 'node')
  return conclude([
    await check('lint', 'eslint', '.'),
    await check('format', 'prettier', '--check', '.'),
    await check('types', 'tsc', '-p', '.'),
    await check('import rules', 'depcruise', 'src', 'test', 'scripts'),
    await check('nothing unused', 'knip'),
    await vitest('unit and contract', 'unit'),
    await check('build', process.execPath, 'esbuild.mjs'),
    await vitest('command line on Node 24', 'cli', process.execPath),
    await vitest('command line on Node 20', 'cli', oldNode),
    await vitest('registries on Node 24', 'registries', process.execPath),
    await vitest('registries on Node 20', 'registries', oldNode),
    await vitest('reliability', 'reliability'),
    await check('package', process.execPath, 'scripts/package.ts'),
    await host(),
    await vitest('window', 'e2e'),
    await timed('planted secrets', async () => outcomeOf((await concludeSecretSearch(search)).length)),
  ])
}

interface Part extends Summary {
  readonly name: string
  /** Seconds. */
  readonly took: number
}

async function check(name: string, program: string, ...args: readonly string[]): Promise<Part> {
  const path = program === process.execPath ? program : join(bin, program)
  return await timed(name, async () => {
    return outcomeOf(await run(path, args, { directory: project, onOutput: print }))
  })
}

/** @param problems none is 0 */
function outcomeOf(problems: number): Summary {
  return problems === 0 ? { passed: 1, failed: 0, skipped: [] } : { passed: 0, failed: 1, skipped: [] }
}

function print(text: string): void {
  printAndKeep(search, text)
}

/** @param node the one that runs the command line under test */
async function vitest(name: string, ofProject: string, node = process.execPath): Promise<Part> {
  const summary = join(results, `${name}.json`)
  const args = [
    'run',
    '--project',
    ofProject,
    '--reporter=default',
    '--reporter=./test/support/longRunningReporter.ts',
    '--reporter=./test/support/summaryReporter.ts',
  ]
  const env = { ...process.env, CHARTROOM_NODE: node, CHARTROOM_SUMMARY: summary }
  return await counted(name, join(bin, 'vitest'), args, env, summary)
}

async function host(): Promise<Part> {
  const summary = join(project, 'out', 'host', 'summary.json')
  return await counted('extension host', process.execPath, ['test/host/run.ts'], process.env, summary)
}

async function counted(
  name: string,
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  summary: string,
): Promise<Part> {
  return await timed(name, async () => {
    await rm(summary, { force: true })
    const exit = await run(program, args, { directory: project, env, onOutput: print, patience })
    const counts = existsSync(summary)
      ? (JSON.parse(await readFile(summary, 'utf8')) as Summary)
      : { passed: 0, failed: 0, skipped: [] }
    // A run that fails outside of a test, or that leaves no figures, is a failure all the same.
    const failed = exit !== 0 || counts.passed === 0 ? Math.max(counts.failed, 1) : counts.failed
    return { ...counts, failed }
  })
}

async function timed(name: string, work: () => Promise<Summary>): Promise<Part> {
  const start = performance.now()
  console.log(`\n── ${name}, after ${(start / 1000).toFixed(0)} s ──`)
  const summary = await work()
  return { ...summary, name, took: (performance.now() - start) / 1000 }
}

/** @returns the exit code */
function conclude(parts: readonly Part[]): number {
  console.log('\n── all together ──')
  for (const { name, passed, failed, skipped, repeated = [], took } of parts) {
    const figures = `${passed} passed, ${failed} failed, ${skipped.length} skipped`
    console.log(`${failed === 0 ? '✓' : '✗'} ${name}: ${figures} (${took.toFixed(1)} s)`)
    for (const skip of skipped) console.log(`  - skipped: ${skip}`)
    for (const test of repeated) console.log(`  - passed at the second try only: ${test}`)
  }
  const passed = sum(parts.map((part) => part.passed))
  const failed = sum(parts.map((part) => part.failed))
  const skipped = sum(parts.map((part) => part.skipped.length))
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
  return failed === 0 ? 0 : 1
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
