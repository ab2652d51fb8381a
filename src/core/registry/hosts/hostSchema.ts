import type { HostOptions } from './hostOptions.ts'

/** What the value of one key may be. */
export type HostRule =
  | { readonly kind: 'switch' }
  | { readonly kind: 'count'; readonly most?: number }
  | { readonly kind: 'path' }
  | { readonly kind: 'words' }
  | { readonly kind: 'repositories' }
  | { readonly kind: 'choice'; readonly of: readonly string[] }

/**
 * Every key that a host can have in `chartroom.registries` and in `registries.json`. The schema in package.json is held
 * against it by a test.
 */
export const hostSchema: Readonly<Record<keyof HostOptions | 'repositories' | 'manifestFormat', HostRule>> = {
  plainHttp: { kind: 'switch' },
  insecureSkipVerify: { kind: 'switch' },
  caFile: { kind: 'path' },
  clientCert: { kind: 'path' },
  clientKey: { kind: 'path' },
  trustedRealms: { kind: 'words' },
  maxParallel: { kind: 'count', most: 8 },
  requestTimeoutMs: { kind: 'count' },
  idleTimeoutMs: { kind: 'count' },
  catalog: { kind: 'choice', of: ['auto', 'off'] },
  repositories: { kind: 'repositories' },
  pageSize: { kind: 'count', most: 1000 },
  ignoreContentDigestHeader: { kind: 'switch' },
  referrers: { kind: 'choice', of: ['auto', 'api', 'tag', 'off'] },
  manifestFormat: { kind: 'choice', of: ['legacy', 'modern'] },
}

export function isAsRuled(rule: HostRule, value: unknown): boolean {
  switch (rule.kind) {
    case 'switch':
      return typeof value === 'boolean'
    case 'count':
      return Number.isInteger(value) && Number(value) > 0 && Number(value) <= (rule.most ?? Infinity)
    case 'path':
      return typeof value === 'string' && value.trim() !== ''
    case 'words':
      return Array.isArray(value) && value.every((item) => typeof item === 'string')
    case 'repositories':
      // Each is looked at by itself: one that is mistyped does not unpin the others.
      return Array.isArray(value)
    case 'choice':
      return typeof value === 'string' && rule.of.includes(value)
  }
}

/** What a value has to be, to end a sentence with. */
export function wordsFor(rule: HostRule): string {
  switch (rule.kind) {
    case 'switch':
      return 'true or false'
    case 'count':
      return rule.most === undefined ? 'a whole number from 1' : `a whole number from 1 to ${rule.most}`
    case 'path':
      return 'the path of a file'
    case 'words':
      return 'a list of texts'
    case 'repositories':
      return 'a list of repositories'
    case 'choice':
      return `${rule.of.slice(0, -1).join(', ')} or ${rule.of.at(-1) ?? ''}`
  }
}
