/**
 * What VS Code loads in its extension host: runs every bundled `*.test.js` beside it with mocha, prints a line a test
 * and leaves `summary.json`.
 */
import type { Runner, Test } from 'mocha'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export async function run(): Promise<void> {
  const { default: Mocha } = await import('mocha')
  // `Base` prints nothing.
  const mocha = new Mocha({ ui: 'bdd', timeout: 20_000, reporter: Mocha.reporters.Base })
  for (const file of readdirSync(__dirname).sort()) {
    if (file.endsWith('.test.js')) mocha.addFile(join(__dirname, file))
  }
  const failures = await new Promise<number>((resolve) => {
    report(mocha.run(resolve))
  })
  if (failures > 0) throw new Error(`${failures} failed`)
}

function report(runner: Runner): void {
  const summary = { passed: 0, failed: 0, skipped: [] as string[] }
  runner.on('pass', (test) => {
    summary.passed++
    console.log(`✓ ${nameOf(test)} (${test.duration ?? 0} ms)`)
  })
  runner.on('fail', (test, error: unknown) => {
    summary.failed++
    console.log(
      `✗ ${nameOf(test)}\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    )
  })
  runner.on('pending', (test) => {
    summary.skipped.push(nameOf(test))
    console.log(`- ${nameOf(test)} (skipped)`)
  })
  runner.once('end', () => {
    writeFileSync(join(__dirname, 'summary.json'), JSON.stringify(summary))
  })
}

function nameOf(test: Test): string {
  return test.titlePath().join(' › ')
}
