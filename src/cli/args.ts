import type { HostOptions, Limits } from '../core/index.ts'
import { defaultLimits } from '../core/index.ts'
import { globalFlags } from './flags.ts'
import { FlagValues, tokenise } from './flagValues.ts'
import { nearest } from './nearest.ts'
import { resolveVerb } from './resolveVerb.ts'
import { UsageError } from './usageError.ts'
import { shells, type Shell, type Topic, type Verb, type VerbPath } from './verbs/verb.ts'

export type Output = 'table' | 'json' | 'yaml'

/** The parts of a chart, as `chart show` names them. */
export const chartParts = ['metadata', 'values', 'readme', 'files', 'manifest', 'referrers', 'all'] as const

/** What `chart show` shows. */
export type ChartPart = (typeof chartParts)[number]

/** A command whose operands and flags are known to make sense. */
export type Command =
  | { readonly verb: 'help'; readonly topic: Topic }
  | { readonly verb: 'version' }
  | { readonly verb: 'completion'; readonly shell: Shell }
  /** What a shell asks while somebody writes; no person types it. */
  | { readonly verb: 'complete'; readonly words: readonly string[] }
  | { readonly verb: 'chart save'; readonly path: string; readonly reference?: string }
  | { readonly verb: 'chart list' }
  | { readonly verb: 'chart push' | 'chart pull' | 'chart remove'; readonly references: readonly string[] }
  | {
      readonly verb: 'chart export'
      readonly reference: string
      readonly destination: string
      readonly archive: boolean
      readonly force: boolean
    }
  | { readonly verb: 'chart show'; readonly part: ChartPart; readonly reference: string }
  | { readonly verb: 'chart diff'; readonly from: string; readonly to: string }
  | { readonly verb: 'chart copy'; readonly from: string; readonly to: string }
  | {
      readonly verb: 'chart verify'
      readonly reference?: string
      readonly keyring?: string
      readonly repair: boolean
      /** What becomes of charts that another program dropped. */
      readonly offers?: 'restore' | 'forget'
    }
  | {
      readonly verb: 'chart prune'
      readonly dryRun: boolean
      /** Milliseconds. */
      readonly olderThan?: number
    }
  | {
      readonly verb: 'registry login'
      readonly host: string
      readonly username?: string
      readonly password?: string
      readonly passwordStdin: boolean
    }
  | { readonly verb: 'registry list'; readonly place: string }
  | {
      readonly verb: 'registry delete'
      readonly reference: string
      readonly yes: boolean
      readonly tagOnly: boolean
    }
  | { readonly verb: 'registry logout' | 'registry diagnose'; readonly host: string }
  | {
      readonly verb: 'registry serve'
      readonly port: number
      readonly storage?: string
      readonly htpasswd?: string
      readonly state?: string
    }

/** What the flags say that more than one command takes, with their defaults. */
export interface Globals {
  readonly output: Output
  readonly debug: boolean
  readonly progress: boolean
  readonly host: HostOptions
  readonly format?: 'legacy' | 'modern'
  readonly overwrite: boolean
  readonly limits: Limits
  readonly followLinks: boolean
  /** Widest column of a table, in terminal columns. */
  readonly columnWidth: number
}

/** A command line that makes sense. */
export interface Invocation {
  readonly command: Command
  readonly globals: Globals
}

/**
 * Reads a command line. Flags may stand before or after the verb; everything after `--` is an operand.
 * A flag that the verb does not use is refused where to ignore it would mislead.
 *
 * @param argv without the program's own name
 * @throws UsageError
 */
export function parseCommandLine(argv: readonly string[]): Invocation {
  const [asked, dashes, ...written] = argv
  if (asked === '__complete' && dashes === '--') {
    return { command: { verb: 'complete', words: written }, globals: globals(new FlagValues(new Map(), '')) }
  }
  const { operands: words, flags } = tokenise(argv)
  const { topic, verb, operands } = resolveVerb(words, flags.has('help'))
  const values = new FlagValues(flags, topic)
  values.check(verb === undefined ? globalFlags : [...globalFlags, ...verb.flags], verb?.global)
  const isVersion = values.has('version') || (words[0] === 'version' && !values.has('help'))
  return {
    command: isVersion ? { verb: 'version' } : command(verb, topic, operands, values),
    globals: globals(values),
  }
}

/** How a command line wants its output, as far as that can be told when the rest of it makes no sense. */
export function outputOf(argv: readonly string[]): Output {
  const output = tokenise(argv).flags.get('output')?.at(-1)
  return output === 'json' || output === 'yaml' ? output : 'table'
}

function command(
  verb: Verb | undefined,
  topic: Topic,
  operands: readonly string[],
  values: FlagValues,
): Command {
  if (verb === undefined) return { verb: 'help', topic }
  const [first = '', second] = checkedOperands(verb, operands)
  switch (verb.path) {
    case 'chart save':
      return { verb: verb.path, path: first, ...(second === undefined ? {} : { reference: second }) }
    case 'chart list':
      return { verb: verb.path }
    case 'chart push':
    case 'chart pull':
    case 'chart remove':
      return { verb: verb.path, references: operands }
    case 'chart export':
      return {
        verb: verb.path,
        reference: first,
        destination: values.text('destination') ?? '.',
        archive: values.has('archive'),
        force: values.has('force'),
      }
    case 'chart show':
      return { verb: verb.path, part: oneOf(chartParts, first, 'PART', verb.path), reference: second ?? '' }
    case 'chart diff':
    case 'chart copy':
      return { verb: verb.path, from: first, to: second ?? '' }
    case 'chart verify':
      return verifyCommand(operands[0], values)
    case 'chart prune': {
      const olderThan = values.duration('older-than')
      return {
        verb: verb.path,
        dryRun: values.has('dry-run'),
        ...(olderThan === undefined ? {} : { olderThan }),
      }
    }
    case 'registry login':
      return loginCommand(first, values)
    case 'registry logout':
    case 'registry diagnose':
      return { verb: verb.path, host: first }
    case 'registry list':
      return { verb: verb.path, place: first }
    case 'registry delete':
      return {
        verb: verb.path,
        reference: first,
        yes: values.has('yes'),
        tagOnly: values.has('tag-only'),
      }
    case 'completion':
      return { verb: verb.path, shell: oneOf(shells, first, 'SHELL', verb.path) }
    case 'registry serve':
      return {
        verb: verb.path,
        port: values.number('port', 0, 65535) ?? 5000,
        ...values.optional('storage', 'storage'),
        ...values.optional('htpasswd', 'htpasswd'),
        ...values.optional('state', 'state'),
      }
  }
}

/** An operand that is one of a few words. */
function oneOf<Choice extends string>(
  choices: readonly Choice[],
  word: string,
  operand: string,
  path: VerbPath,
): Choice {
  const chosen = choices.find((candidate) => candidate === word)
  if (chosen !== undefined) return chosen
  const meant = nearest(word, choices)
  throw new UsageError(
    `${operand} of "chartroom ${path}" is one of ${choices.join(', ')}, not "${word}".`,
    path,
    meant === undefined ? undefined : `Did you mean "chartroom ${path} ${meant}"?`,
  )
}

function checkedOperands({ path, operands: wanted }: Verb, operands: readonly string[]): readonly string[] {
  const missing = wanted.slice(operands.length).find((name) => !name.startsWith('['))
  if (missing !== undefined)
    throw new UsageError(`"chartroom ${path}" needs ${missing.replace('...', '')}.`, path)
  const surplus = wanted.at(-1)?.endsWith('...') === true ? undefined : operands[wanted.length]
  if (surplus !== undefined) {
    const takes = wanted.length === 0 ? 'no arguments' : wanted.join(' ')
    throw new UsageError(`"chartroom ${path}" takes ${takes}; "${surplus}" is one too many.`, path)
  }
  const empty = operands.indexOf('')
  if (empty >= 0) {
    const name = (wanted[empty] ?? wanted.at(-1) ?? '').replace(/[[\].]/g, '')
    throw new UsageError(`${name} of "chartroom ${path}" is empty.`, path)
  }
  return operands
}

function verifyCommand(reference: string | undefined, values: FlagValues): Command {
  const chosen = (['repair', 'restore', 'forget', 'keyring'] as const).filter((name) => values.has(name))
  if (chosen.length > 1) {
    throw new UsageError(`--${chosen[0] ?? ''} and --${chosen[1] ?? ''} exclude each other.`, 'chart verify')
  }
  if (values.has('keyring') && reference === undefined) {
    throw new UsageError('--keyring needs REF: signatures are checked one at a time.', 'chart verify')
  }
  if (values.has('repair') && reference !== undefined) {
    throw new UsageError('--repair mends the whole cache and takes no REF.', 'chart verify')
  }
  return {
    verb: 'chart verify',
    ...(reference === undefined ? {} : { reference }),
    ...values.optional('keyring', 'keyring'),
    repair: values.has('repair'),
    ...(values.has('restore') ? { offers: 'restore' } : {}),
    ...(values.has('forget') ? { offers: 'forget' } : {}),
  }
}

function loginCommand(host: string, values: FlagValues): Command {
  if (values.has('password') && values.has('password-stdin')) {
    throw new UsageError('--password and --password-stdin exclude each other.', 'registry login')
  }
  if (values.has('password-stdin') && (values.text('username') ?? '') === '') {
    throw new UsageError('--password-stdin needs --username.', 'registry login')
  }
  return {
    verb: 'registry login',
    host,
    ...values.optional('username', 'username'),
    ...values.optional('password', 'password'),
    passwordStdin: values.has('password-stdin'),
  }
}

function globals(values: FlagValues): Globals {
  if (values.has('cert-file') !== values.has('key-file')) {
    throw new UsageError('--cert-file and --key-file need each other.', values.topic)
  }
  const format = values.oneOf('format', ['legacy', 'modern'])
  return {
    output: values.oneOf('output', ['table', 'json', 'yaml']) ?? 'table',
    debug: values.has('debug'),
    progress: !values.has('no-progress'),
    host: {
      ...(values.has('plain-http') ? { plainHttp: true } : {}),
      ...(values.has('insecure') ? { insecureSkipVerify: true } : {}),
      ...values.optional('ca-file', 'caFile'),
      ...values.optional('cert-file', 'clientCert'),
      ...values.optional('key-file', 'clientKey'),
      ...(values.has('trust-realm') ? { trustedRealms: values.texts('trust-realm') } : {}),
    },
    ...(format === undefined ? {} : { format }),
    overwrite: !values.has('no-overwrite'),
    limits: {
      unpacked: values.size('max-unpacked') ?? defaultLimits.unpacked,
      file: values.size('max-file') ?? defaultLimits.file,
      entries: values.number('max-entries', 1, Number.MAX_SAFE_INTEGER) ?? defaultLimits.entries,
    },
    followLinks: values.has('follow-links'),
    columnWidth: values.has('no-trunc')
      ? Number.POSITIVE_INFINITY
      : (values.number('max-col-width', 4, Number.MAX_SAFE_INTEGER) ?? 60),
  }
}
