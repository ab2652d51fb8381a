import { dripBody, dripHeaders, stall } from './breaking.ts'
import { operations } from './exchange.ts'
import { passing, withAnswer, withBody, type Fault } from './fault.ts'

/** Answers that come too slowly, or not at all. */
export const slowFaults: readonly Fault[] = [
  { name: 'drips headers', at: operations, inflict: dripHeaders, outcomes: passing, isSlow: true },
  { name: 'drips a body', at: withAnswer, inflict: dripBody, outcomes: passing, isSlow: true },
  { name: 'stops within a body', at: withBody, inflict: stall, outcomes: passing, isSlow: true },
]
