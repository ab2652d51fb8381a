import { ChartroomError, messageOf, printable } from '../core/index.ts'
import { BadChoice } from './localRegistry/badChoice.ts'
import { NotTrusted } from './notTrusted.ts'
import { hostOfUnknownAuthority } from './unknownAuthority.ts'

/** What a person can do about a failure, at most one thing. */
export type Remedy =
  | { readonly kind: 'logIn'; readonly host: string }
  | { readonly kind: 'openFile'; readonly path: string; readonly line: number }
  /** How a registry is spoken to. */
  | { readonly kind: 'openRegistrySettings'; readonly host: string }
  /** A limit that can be raised, by the name of its setting. */
  | { readonly kind: 'openLimit'; readonly setting: string }
  | { readonly kind: 'trustCertificate'; readonly host: string }
  /** What is wrong with the connection has to be found out. */
  | { readonly kind: 'diagnose'; readonly host: string }
  | { readonly kind: 'manageTrust' }
  /** Choose anew how the local registry is started. */
  | { readonly kind: 'chooseAgain' }
  /** A token server that the login of a registry was not sent to. */
  | { readonly kind: 'trustRealm'; readonly host: string; readonly realm: string }
  | { readonly kind: 'showLog' }

export interface Message {
  readonly sentence: string
  readonly remedy: Remedy
}

/**
 * A failure as it is shown: a sentence, written where the facts are, and what to do about it, as a button or, where the
 * button alone does not say it, in words. Everything else is in the log.
 *
 * @param unexpected puts what a foreign error says into a sentence
 */
export function messageFor(error: unknown, unexpected: (text: string) => string): Message {
  if (!(error instanceof ChartroomError)) {
    return { sentence: unexpected(printable(messageOf(error))), remedy: { kind: 'showLog' } }
  }
  const { message, advice } = error
  const remedy = remedyFor(error)
  const saysItself = !needWords.has(remedy.kind)
  return { sentence: saysItself || advice === undefined ? message : `${message} ${advice}`, remedy }
}

const limitSettings = {
  unpacked: 'chartroom.limits.unpacked',
  file: 'chartroom.limits.file',
  entries: 'chartroom.limits.entries',
} as const

/** Whose buttons do not say what to do about it. */
const needWords: ReadonlySet<Remedy['kind']> = new Set([
  'showLog',
  'openRegistrySettings',
  'openLimit',
  'chooseAgain',
  'diagnose',
])

/** Everything the log should keep about a failure: the chain of causes, and the stack of what was not expected. */
export function logLines(error: unknown): string[] {
  const lines: string[] = []
  for (let next: unknown = error; next !== undefined && lines.length < 10; next = causeOf(next)) {
    const text = next instanceof ChartroomError ? told(next) : stackOf(next)
    lines.push(lines.length === 0 ? text : `caused by ${text}`)
  }
  return lines
}

function remedyFor(error: ChartroomError): Remedy {
  const { kind, advice } = error
  const { host, path, line, realm, limit } = error.evidence
  if (error instanceof NotTrusted) return { kind: 'manageTrust' }
  if (error instanceof BadChoice) return { kind: 'chooseAgain' }
  if ((kind === 'unauthorized' || kind === 'forbidden') && host !== undefined) return { kind: 'logIn', host }
  if (kind === 'invalid-chart' && path !== undefined) return { kind: 'openFile', path, line: line ?? 1 }
  if (limit !== undefined) return { kind: 'openLimit', setting: limitSettings[limit] }
  const stranger = hostOfUnknownAuthority(error)
  if (stranger !== undefined) return { kind: 'trustCertificate', host: stranger }
  if (host !== undefined && realm !== undefined) return { kind: 'trustRealm', host, realm }
  if ((kind === 'tls' || kind === 'refused') && host !== undefined && advice !== undefined) {
    return { kind: 'openRegistrySettings', host }
  }
  if (isAboutConnection(error) && host !== undefined) return { kind: 'diagnose', host }
  return { kind: 'showLog' }
}

/** Whether there was no answer at all; what a registry says itself needs no looking at the way there. */
function isAboutConnection({ kind, evidence }: ChartroomError): boolean {
  return kind === 'tls' || kind === 'proxy' || (kind === 'unavailable' && evidence.status === undefined)
}

function told({ kind, message, advice }: ChartroomError): string {
  return advice === undefined ? `${kind}: ${message}` : `${kind}: ${message} (${advice})`
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined
}

/** Its message can hold what a stranger wrote. */
function stackOf(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return stack.split('\n').map(printable).join('\n')
}
