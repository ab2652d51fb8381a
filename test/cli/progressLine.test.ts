import { describe, expect, it } from 'vitest'
import { ProgressLine } from '../../src/cli/progressLine.ts'

const mebibyte = 1024 * 1024

describe('the progress line', () => {
  it('says what is done of how much, and goes away', () => {
    const { line, written } = screen(80)

    line.show({ step: 'pushing', done: 12.4 * mebibyte, total: 95.4 * mebibyte })
    line.clear()
    line.clear()

    expect(written()).toBe('\r\u001b[KPushing: 12.4 of 95.4 MiB\r\u001b[K')
  })

  it('is drawn seldom, however often the work reports', () => {
    const { line, written } = screen(80)

    for (let done = 0; done < 1000; done += 1) line.show({ step: 'packing', done })

    expect(written().split('\r').length).toBeLessThan(5)
  })

  it('never wraps', () => {
    const { line, written } = screen(12)

    line.show({ step: 'exporting', done: 1, total: 2 })

    expect(written()).toBe('\r\u001b[KExporting: ')
  })

  it('is never drawn where there is no terminal', () => {
    expect(() => {
      new ProgressLine(undefined).show({ step: 'pulling', done: 1 })
    }).not.toThrow()
  })
})

function screen(columns: number): { line: ProgressLine; written: () => string } {
  let text = ''
  const write = (more: string): void => {
    text += more
  }
  return { line: new ProgressLine({ columns, write }), written: () => text }
}
