import { chartParts } from '../args.ts'
import { globalFlags, type Flag } from '../flags.ts'
import { groupOf, groups, shells, type Verb } from '../verbs/verb.ts'
import { verbs } from '../verbs/verbs.ts'

/** A word that fits. */
export interface Suggestion {
  readonly word: string
  /** What it does, where it does not say so itself. */
  readonly summary?: string
}

/** What fits where a person is writing. */
export interface Suggestions {
  readonly words: readonly Suggestion[]
  /** What else fits, which the shell knows best. */
  readonly paths: 'files' | 'directories' | 'none'
}

/** What only this machine knows; asked for where it matters. */
export interface Known {
  readonly references: () => Promise<readonly string[]>
  readonly hosts: () => Promise<readonly string[]>
}

/**
 * What fits for the last word of a command line: groups, commands, flags and their values from the tables that the command line is
 * read with; references and hosts from what is known of them.
 *
 * @param words without the program's name; the last one is what is there of the word that is being written, maybe nothing
 */
export async function suggest(words: readonly string[], known: Known): Promise<Suggestions> {
  const before = words.slice(0, -1)
  const current = words.at(-1) ?? ''
  const { verb, operands } = verbIn(before)
  const flags = flagsOf(verb)
  const waiting = flagNamed(before.at(-1) ?? '', flags)
  if (before.includes('--')) return await operandAt(verb, operands, current, known)
  if (waiting?.value !== undefined) return valuesOf(waiting, current)
  const [, name, value] = /^(--[a-z-]+)=(.*)$/.exec(current) ?? []
  if (name !== undefined) {
    const found = valuesOf(flagNamed(name, flags), value ?? '')
    return { ...found, words: found.words.map(({ word }) => ({ word: `${name}=${word}` })) }
  }
  if (current.startsWith('-')) return fitting(flags.map(flagWord), current)
  if (verb === undefined) return fitting(commandsAfter(operands), current)
  return await operandAt(verb, operands, current, known)
}

/** The verb that is there, and the words behind it; without one, all words. */
function verbIn(words: readonly string[]): { verb: Verb | undefined; operands: readonly string[] } {
  const plain = withoutFlags(words)
  const verb = verbs.find(({ path }) => {
    const parts = path.split(' ')
    return parts.every((part, position) => namesAt(part, position, path).includes(plain[position] ?? ''))
  })
  return { verb, operands: verb === undefined ? plain : plain.slice(verb.path.split(' ').length) }
}

function namesAt(part: string, position: number, path: string): string[] {
  const alias = position === 0 ? undefined : verbs.find((verb) => verb.path === path)?.alias
  return alias === undefined ? [part] : [part, alias]
}

function withoutFlags(words: readonly string[]): string[] {
  const flags = flagsOf(undefined)
  return words.filter((word, position) => {
    if (word.startsWith('-')) return false
    return flagNamed(words[position - 1] ?? '', flags)?.value === undefined
  })
}

function flagsOf(verb: Verb | undefined): readonly Flag[] {
  if (verb === undefined) return [...globalFlags, ...verbs.flatMap(({ flags }) => flags)]
  return [...verb.flags, ...globalFlags.filter(({ name }) => verb.global.includes(name))]
}

function flagNamed(written: string, flags: readonly Flag[]): Flag | undefined {
  return flags.find(
    ({ name, short }) => written === `--${name}` || (short !== undefined && written === `-${short}`),
  )
}

function flagWord({ name, summary }: Flag): Suggestion {
  return { word: `--${name}`, summary }
}

function commandsAfter(words: readonly string[]): Suggestion[] {
  const [group] = words
  if (group === undefined) {
    return [
      ...Object.entries(groups).map(([word, summary]) => ({ word, summary })),
      ...verbs
        .filter(({ path }) => !path.includes(' '))
        .map(({ path, summary }) => ({ word: path, summary })),
      { word: 'help', summary: 'print help' },
      { word: 'version', summary: 'print the version of chartroom' },
    ]
  }
  if (words.length > 1) return []
  const members = verbs.filter((verb) => verb.path.includes(' ') && groupOf(verb) === group)
  return members.map(({ path, summary }) => ({ word: path.slice(group.length + 1), summary }))
}

function valuesOf(flag: Flag | undefined, current: string): Suggestions {
  if (flag?.name === 'output') return fitting(wordsOf(['table', 'json', 'yaml']), current)
  if (flag?.name === 'format') return fitting(wordsOf(['legacy', 'modern']), current)
  if (flag?.value === 'FILE') return { words: [], paths: 'files' }
  return { words: [], paths: flag?.value === 'DIR' ? 'directories' : 'none' }
}

async function operandAt(
  verb: Verb | undefined,
  given: readonly string[],
  current: string,
  known: Known,
): Promise<Suggestions> {
  const names = verb?.operands ?? []
  const last = names.at(-1)
  const name = names[given.length] ?? (last?.endsWith('...') === true ? last : undefined)
  switch (name?.replace(/[[\].]/g, '') ?? '') {
    case 'PATH':
      return { words: [], paths: 'files' }
    case 'PART':
      return fitting(wordsOf(chartParts), current)
    case 'SHELL':
      return fitting(wordsOf(shells), current)
    case 'REF':
    case 'FROM':
    case 'TO': {
      const references = await known.references()
      return fitting(wordsOf(references.filter((reference) => !given.includes(reference))), current)
    }
    case 'HOST':
    case 'HOST/PREFIX':
      return fitting(wordsOf(await known.hosts()), current)
    default:
      return { words: [], paths: 'none' }
  }
}

function wordsOf(words: readonly string[]): Suggestion[] {
  return words.map((word) => ({ word }))
}

function fitting(words: readonly Suggestion[], current: string): Suggestions {
  return { words: words.filter(({ word }) => word.startsWith(current)), paths: 'none' }
}
