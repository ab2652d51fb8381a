import type { Reporter, TestCase } from 'vitest/node'

const minute = 60_000

/** Says once a minute which tests have been running for more than two: what hangs has a name before anything ends it. */
export default class LongRunningReporter implements Reporter {
  readonly #began = new Map<TestCase, number>()
  #clock: NodeJS.Timeout | undefined

  onTestRunStart(): void {
    this.#clock = setInterval(() => {
      const now = performance.now()
      for (const [test, began] of this.#began) {
        const minutes = Math.floor((now - began) / minute)
        if (minutes < 2) continue
        console.log(`running for ${minutes} minutes: ${test.module.relativeModuleId} > ${test.fullName}`)
      }
    }, minute)
    this.#clock.unref()
  }

  onTestCaseReady(test: TestCase): void {
    this.#began.set(test, performance.now())
  }

  onTestCaseResult(test: TestCase): void {
    this.#began.delete(test)
  }

  onTestRunEnd(): void {
    clearInterval(this.#clock)
  }
}
