import { availableParallelism } from 'node:os'
import { afterAll, describe, expect, it } from 'vitest'
import type { Operation } from '../support/faultRegistry/exchange.ts'
import type { Fault, Outcome } from '../support/faultRegistry/fault.ts'
import { faults } from '../support/faultRegistry/faults.ts'
import { deadline, runCell, type Cell, type Frequency } from './faultCell.ts'

/** So many cells at a time: most of them wait. */
const atOnce = 4 * availableParallelism()

const cells: { readonly fault: string; readonly cell: Cell }[] = []
const rejections: unknown[] = []
const onRejection = (reason: unknown): void => {
  rejections.push(reason)
}
process.on('unhandledRejection', onRejection)

afterAll(() => {
  process.off('unhandledRejection', onRejection)
  console.log(summary())
})

describe('what is asked for comes by another try, or fails with a reason, of a registry that', () => {
  it.each(faults.map((fault) => [fault.name, fault] as const))('%s', async (_name, fault) => {
    const done = await runCells(fault)

    expect(done.map(lineOf)).toEqual(
      done.map(({ operation, frequency }) => expectedLine(fault, operation, frequency)),
    )
    expect(rejections).toEqual([])
  })
})

async function runCells(fault: Fault): Promise<Cell[]> {
  const waiting = fault.at.flatMap((operation) =>
    (['once', 'always'] as const).map((frequency) => ({ operation, frequency })),
  )
  const done = new Map<object, Cell>()
  const order = [...waiting]
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const cell = await runCell(fault, next.operation, next.frequency)
      cells.push({ fault: fault.name, cell })
      done.set(next, cell)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return order.flatMap((each) => done.get(each) ?? [])
}

function lineOf({ operation, frequency, outcome, problems, milliseconds }: Cell): string {
  const late = milliseconds > deadline ? ['too late'] : []
  return [`${operation} ${frequency}: ${outcome}`, ...problems, ...late].join(', ')
}

function expectedLine({ outcomes, except }: Fault, operation: Operation, frequency: Frequency): string {
  const [once, always]: readonly [Outcome, Outcome] = except?.[operation] ?? outcomes
  return `${operation} ${frequency}: ${frequency === 'once' ? once : always}`
}

function summary(): string {
  const succeeded = cells.filter(({ cell }) => cell.outcome === 'success').length
  const longest = cells.reduce((one, other) =>
    one.cell.milliseconds > other.cell.milliseconds ? one : other,
  )
  const { fault, cell } = longest
  return [
    `${cells.length} cells of ${faults.length} faults and ${new Set(cells.map(({ cell }) => cell.operation)).size} operations:`,
    `${succeeded} succeeded, ${cells.length - succeeded} failed with a typed error.`,
    `The longest took ${Math.round(cell.milliseconds)} ms (${fault}, ${cell.operation}, ${cell.frequency}).`,
  ].join(' ')
}
