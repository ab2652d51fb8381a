import { availableParallelism } from 'node:os'
import { afterAll, describe, expect, it } from 'vitest'
import { fetchTransport } from '../../src/core/registry/transport/fetchTransport.ts'
import { tlsTransport } from '../../src/core/registry/transport/tlsTransport.ts'
import type { Transport } from '../../src/core/registry/transport/transport.ts'
import type { Operation } from '../support/faultRegistry/exchange.ts'
import { never, type Fault, type Outcome } from '../support/faultRegistry/fault.ts'
import { connectionFaults } from '../support/faultRegistry/connectionFaults.ts'
import { contentFaults } from '../support/faultRegistry/contentFaults.ts'
import { slowFaults } from '../support/faultRegistry/slowFaults.ts'
import { withMoreBehind } from '../support/faultRegistry/breaking.ts'
import { faults } from '../support/faultRegistry/faults.ts'
import { deadline, runCell, type Cell, type Frequency } from './faultCell.ts'

/** So many cells at a time: most of them wait. */
const atOnce = 4 * availableParallelism()

const cells: { readonly fault: Fault; readonly cell: Cell }[] = []
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
    await check(fault, fault.at, fetchTransport())
  })
})

describe('the same where a host has certificates of its own, of a registry that', () => {
  const some: readonly Operation[] = ['tags', 'blob', 'upload content', 'manifest put']
  const low = [...connectionFaults, ...contentFaults, ...slowFaults].map(
    (fault) => [fault.name, fault] as const,
  )

  it.each(low)('%s', async (_name, fault) => {
    const at = fault.at.filter((operation) => some.includes(operation))
    // What was announced is all that Node gives.
    const gives = fault.inflict === withMoreBehind ? { ...fault, outcomes: never('success') } : fault
    await check(gives, at, tlsTransport({}))
  })
})

async function check(fault: Fault, at: readonly Operation[], transport: Transport): Promise<void> {
  const done = await runCells(fault, at, transport)

  expect(done.map(lineOf)).toEqual(
    done.map(({ operation, frequency }) => expectedLine(fault, operation, frequency)),
  )
  expect(rejections).toEqual([])
}

async function runCells(fault: Fault, at: readonly Operation[], transport: Transport): Promise<Cell[]> {
  const waiting = at.flatMap((operation) =>
    (['once', 'always'] as const).map((frequency) => ({ operation, frequency })),
  )
  const done = new Map<object, Cell>()
  const order = [...waiting]
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const cell = await runCell(fault, next.operation, next.frequency, transport)
      cells.push({ fault, cell })
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
  const came = cells.filter(({ cell }) => cell.outcome === 'success')
  // What comes although the fault comes every time needs no other try.
  const bySecondTry = came.filter(({ fault, cell }) => isFatal(fault, cell.operation)).length
  const longest = cells.reduce((one, other) =>
    one.cell.milliseconds > other.cell.milliseconds ? one : other,
  )
  return [
    `${cells.length} cells of ${faults.length} faults and ${new Set(cells.map(({ cell }) => cell.operation)).size} operations:`,
    `${bySecondTry} succeeded by another try, ${came.length - bySecondTry} in spite of the fault,`,
    `${cells.length - came.length} failed with a typed error.`,
    `The longest took ${Math.round(longest.cell.milliseconds)} ms (${longest.fault.name}: ${longest.cell.operation}).`,
  ].join(' ')
}

function isFatal({ outcomes, except }: Fault, operation: Operation): boolean {
  return (except?.[operation] ?? outcomes)[1] !== 'success'
}
