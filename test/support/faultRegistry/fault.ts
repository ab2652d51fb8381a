import type { ErrorKind } from '../../../src/core/index.ts'
import type { Inflict } from './breaking.ts'
import { operations, type Operation } from './exchange.ts'

/** How an operation ends: well, or with an error of a kind. */
export type Outcome = 'success' | ErrorKind

/** How it ends where the fault comes once, and where it comes every time. */
export type Outcomes = readonly [once: Outcome, always: Outcome]

export interface Fault {
  /** To follow "a registry that". */
  readonly name: string
  /** Where it means something. */
  readonly at: readonly Operation[]
  readonly inflict: Inflict
  readonly outcomes: Outcomes
  /** Operations that end in another way. */
  readonly except?: Partial<Record<Operation, Outcomes>>
  /** Whether the client has to lose its patience first. */
  readonly isSlow?: true
}

/** Answers that have a body. */
export const withBody = ['ping', 'token', 'catalogue', 'tags', 'manifest', 'blob'] as const

/** All but those that ask for headers only. */
export const withAnswer = operations.filter((operation) => operation !== 'head' && operation !== 'blob head')

/** It passes by itself, or it does not. */
export const passing: Outcomes = ['success', 'unavailable']
export const never = (outcome: Outcome): Outcomes => [outcome, outcome]

/** What became of a blob or a manifest can only be told by its digest, of a list or a token only by its look. */
export const damaged = {
  outcomes: never('integrity'),
  except: {
    ping: never('success'),
    manifest: ['success', 'integrity'],
    token: never('unavailable'),
    catalogue: never('unavailable'),
    tags: never('unavailable'),
  },
} as const
