import type { CachedChart, Digest, SoundChart } from '../../src/core/index.ts'

/** The moment at which the tests look. */
export const now = Date.parse('2026-03-01T12:00:00Z')

/** A chart of the cache; what is not given is the guide's. */
export function sound(reference: string, more: Partial<SoundChart> = {}): SoundChart {
  return {
    reference,
    name: 'mychart',
    version: '0.1.0',
    deprecated: false,
    digest: digest('a'),
    manifestDigest: digest('b'),
    size: 2487,
    created: new Date(now - 27_000).toISOString(),
    format: 'legacy',
    signed: false,
    ...more,
  }
}

export function broken(reference: string, message = 'The manifest is missing.'): CachedChart {
  return { reference, problem: { kind: 'store-corrupt', message } }
}

export function digest(digit: string): Digest {
  return `sha256:${digit.repeat(64)}` as Digest
}
