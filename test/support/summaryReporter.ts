import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Reporter, TestModule } from 'vitest/node'

/** Leaves the figures of a run in the file that CHARTROOM_SUMMARY names, in the form that `npm test` adds up. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const path = process.env['CHARTROOM_SUMMARY']
    if (path === undefined) return
    const summary = { passed: 0, failed: 0, skipped: [] as string[], repeated: [] as string[] }
    for (const module of modules) {
      // A file that cannot be loaded has no tests that could fail.
      summary.failed += module.errors().length
      for (const test of module.children.allTests()) {
        const result = test.result()
        if (test.diagnostic()?.flaky === true) {
          summary.repeated.push(`${test.fullName} (at first: ${firstLineOf(result.errors)})`)
        }
        if (result.state === 'passed') summary.passed++
        else if (result.state === 'failed') summary.failed++
        else
          summary.skipped.push(
            `${test.fullName}${result.state === 'skipped' && result.note !== undefined ? ` (${result.note})` : ''}`,
          )
      }
    }
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, JSON.stringify(summary))
  }
}

function firstLineOf(errors: readonly { readonly message: string }[] | undefined): string {
  return errors?.[0]?.message.split('\n')[0] ?? 'no error'
}
