import type { Flag } from '../flags.ts'

/** A command as it is called, checked and explained. */
export interface Verb {
  /** Group and name, for example `chart save`. */
  readonly path: VerbPath
  readonly alias?: string
  /** Its operands in order; `[X]` may be left out, `X...` may be repeated. */
  readonly operands: readonly string[]
  readonly summary: string
  /** What a newcomer needs to know, in full sentences. */
  readonly about: string
  /** The flags of this verb alone. */
  readonly flags: readonly Flag[]
  /** The names of the global flags that change what this verb does. */
  readonly global: readonly string[]
  readonly examples: readonly string[]
}

export type VerbPath =
  | 'chart save'
  | 'chart list'
  | 'chart push'
  | 'chart pull'
  | 'chart remove'
  | 'chart export'
  | 'chart verify'
  | 'chart prune'
  | 'chart show'
  | 'chart diff'
  | 'chart copy'
  | 'registry login'
  | 'registry logout'
  | 'registry list'
  | 'registry delete'
  | 'registry diagnose'
  | 'registry serve'
  | 'completion'

/** The shells that can be told how to complete what is written. */
export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const

export type Shell = (typeof shells)[number]

/** What the verbs are grouped by, each with its summary. */
export const groups = {
  chart: 'Save, list, push, pull, export and remove charts; look into them, compare, copy and check them.',
  registry:
    'Log in to a registry and out again; list what it has; delete from it; diagnose it; run one for tests.',
} as const

export type Group = keyof typeof groups

/** The group of a verb, as its path names it; a verb without a group is one by itself. */
export function groupOf({ path }: Pick<Verb, 'path'>): string {
  return path.split(' ')[0] ?? path
}

/** What help is about: everything, a group, or a verb. */
export type Topic = '' | Group | VerbPath

/** The global flags that mean the same for every verb. */
export const always = ['output', 'debug', 'no-progress', 'help']
/** Harmless where nothing is asked of a registry, so that a script can pass one set to all verbs. */
export const connection = ['plain-http', 'insecure', 'ca-file', 'cert-file', 'key-file', 'trust-realm']
/** What may be taken out of an archive. */
export const limits = ['max-unpacked', 'max-file', 'max-entries']
