import { parseArgs } from 'node:util'
import { nearest } from './nearest.ts'
import { UsageError } from './usageError.ts'
import { globalFlags, type Flag } from './flags.ts'
import type { Topic } from './verbs/verb.ts'
import { verbs } from './verbs/verbs.ts'

/** Names of flags, and what they were given; `true` for a flag without a value. */
export type Flags = ReadonlyMap<string, readonly (string | true)[]>

/** Takes a command line apart without judging it. A flag that nobody knows keeps its dashes in its name. */
export function tokenise(argv: readonly string[]): { operands: string[]; flags: Flags } {
  const known = new Map(
    [...globalFlags, ...verbs.flatMap((verb) => verb.flags)].map((flag) => [flag.name, flag]),
  )
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries([...known.values()].map(optionOf)),
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const operands: string[] = []
  const flags = new Map<string, (string | true)[]>()
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value)
    if (token.kind !== 'option') continue
    const name = known.has(token.name) ? token.name : token.rawName
    // `-d --force` lacks a directory; one that is really called so is written `-d=--force`.
    const value = token.inlineValue === false && /^-./.test(token.value) ? true : (token.value ?? true)
    flags.set(name, [...(flags.get(name) ?? []), value])
  }
  return { operands, flags }
}

function optionOf({ name, short, value }: Flag): [string, { type: 'string' | 'boolean'; short?: string }] {
  return [
    name,
    { type: value === undefined ? 'boolean' : 'string', ...(short === undefined ? {} : { short }) },
  ]
}

/** The flags that were given, read as what they have to be. Of a flag given twice the last one counts. */
export class FlagValues {
  readonly topic: Topic
  readonly #flags: Flags

  constructor(flags: Flags, topic: Topic) {
    this.#flags = flags
    this.topic = topic
  }

  /**
   * Refuses flags that are not among those allowed, switches with a value, other flags without one, and flags that are
   * about something else than what the verb does.
   *
   * @param used names of the global flags that the verb uses; without a verb, nothing is done that a flag could be about
   */
  check(allowed: readonly Flag[], used?: readonly string[]): void {
    const help = this.#flags.has('help')
    for (const [name, values] of this.#flags) {
      const flag = allowed.find((candidate) => candidate.name === name)
      const shown = name.startsWith('-') ? name : `--${name}`
      if (flag === undefined) {
        // Asking for help is never wrong, and a flag of a verb is no surprise in a question about that verb.
        if (help && !name.startsWith('-')) continue
        throw this.#unknown(shown, allowed)
      }
      if (flag.counts !== undefined && used?.includes(name) === false && !help) {
        throw this.#wrong(`${this.topic} does not use ${shown}; ${flag.counts}.`)
      }
      if (flag.value === undefined && values.some((value) => value !== true)) {
        throw this.#wrong(`${shown} takes no value.`)
      }
      if (flag.value !== undefined && values.includes(true))
        throw this.#wrong(`${shown} needs a value: ${shown}=${flag.value}.`)
    }
  }

  has(name: string): boolean {
    return this.#flags.has(name)
  }

  text(name: string): string | undefined {
    return this.texts(name).at(-1)
  }

  texts(name: string): string[] {
    return (this.#flags.get(name) ?? []).filter((value) => value !== true)
  }

  /** The value as a property, to be spread; nothing where the flag is missing. */
  optional<Property extends string>(
    name: string,
    property: Property,
  ): Readonly<Partial<Record<Property, string>>> {
    const text = this.text(name)
    const found: Partial<Record<Property, string>> = {}
    if (text !== undefined) found[property] = text
    return found
  }

  oneOf<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    const choice = choices.find((candidate) => candidate === text)
    if (choice === undefined) throw this.#wrong(`--${name} is ${listed(choices)}, not "${text}".`)
    return choice
  }

  number(name: string, least: number, most: number): number | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    const number = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (number >= least && number <= most) return number
    const range = most === Number.MAX_SAFE_INTEGER ? `of ${least} or more` : `from ${least} to ${most}`
    throw this.#wrong(`--${name} is a whole number ${range}, not "${text}".`)
  }

  /** A number of bytes, or of KiB, MiB or GiB where it says so. */
  size(name: string): number | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    const [, count, unit = ''] = /^(\d+(?:\.\d+)?) ?(?:([kmg])i?)?b?$/i.exec(text) ?? []
    const bytes = Math.floor(Number(count) * 1024 ** ' kmg'.indexOf(unit === '' ? ' ' : unit.toLowerCase()))
    if (bytes > 0 && Number.isSafeInteger(bytes)) return bytes
    throw this.#wrong(`--${name} is a size such as 5242880 or 600MiB, not "${text}".`)
  }

  /** A length of time, in milliseconds. */
  duration(name: string): number | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    const [, count, unit = 's'] = /^(\d+)([smhd])$|^0$/.exec(text) ?? []
    const milliseconds = text === '0' ? 0 : Number(count) * (unitsOfTime.get(unit) ?? Number.NaN)
    if (Number.isSafeInteger(milliseconds)) return milliseconds
    throw this.#wrong(`--${name} is a time such as 90m, 24h, 7d or 0, not "${text}".`)
  }

  #unknown(shown: string, allowed: readonly Flag[]): UsageError {
    const meant = nearest(
      shown,
      allowed.map(({ name }) => `--${name}`),
    )
    return this.#wrong(
      `"${shown}" is not a flag of "${['chartroom', this.topic].join(' ').trim()}".`,
      meant === undefined ? undefined : `Did you mean ${meant}?`,
    )
  }

  #wrong(message: string, advice?: string): UsageError {
    return new UsageError(message, this.topic, advice)
  }
}

/** In milliseconds. */
const unitsOfTime: ReadonlyMap<string, number> = new Map([
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
])

function listed(choices: readonly string[]): string {
  return `${choices.slice(0, -1).join(', ')} or ${choices.at(-1) ?? ''}`
}
