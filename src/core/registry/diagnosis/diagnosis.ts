import type { ErrorKind } from '../../base/errors.ts'

/**
 * What a look at the connection to a registry found, from the settings to the catalogue. All of it may be shown to
 * anybody: it is made of chosen facts, and no login, no token and no query of a URL is among them.
 */
export interface Diagnosis {
  /** As references write it, for example `localhost:5000`. */
  readonly host: string
  /** When it was made, in ISO 8601. */
  readonly at: string
  /** By which program, on what. */
  readonly by: string
  readonly verdict: Verdict
  /** Every step, in the order of a connection. */
  readonly steps: readonly DiagnosisStep[]
}

/** What all of it comes to. */
export interface Verdict {
  readonly works: boolean
  /** One sentence: what is wrong, or that nothing is. */
  readonly message: string
  /** What to do about it, as a sentence. */
  readonly advice?: string
  /** Of what failed first. */
  readonly kind?: ErrorKind
}

export type StepName =
  | 'settings'
  | 'proxy'
  | 'dns'
  | 'tcp'
  | 'tls'
  | 'scheme'
  | 'ping'
  | 'challenge'
  | 'login'
  | 'token'
  | 'catalogue'
  | 'clock'

/** One thing that was looked at. */
export interface DiagnosisStep {
  readonly name: StepName
  /** `notReached`: something before it has to work first, or nothing asks for it. */
  readonly state: 'ok' | 'warning' | 'failed' | 'notReached'
  readonly milliseconds: number
  /** One sentence or less: what came of it. */
  readonly summary: string
  /** What to do about a warning or a failure, as a sentence. */
  readonly advice?: string
  /** Of a failure. */
  readonly kind?: ErrorKind
  readonly facts: Facts
}

/** Something that was found out. Its text comes from outside and is made harmless where it is put into the diagnosis. */
export type Fact = string | number | boolean | readonly Fact[] | Facts

export interface Facts {
  readonly [name: string]: Fact
}
