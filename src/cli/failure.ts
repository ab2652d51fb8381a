import { accessSync, constants } from 'node:fs'
import {
  ChartroomError,
  exitCodes,
  formatSize,
  messageOf,
  parseReference,
  type ErrorEvidence,
  type ErrorKind,
} from '../core/index.ts'
import { PortTaken } from '../localRegistry/index.ts'
import type { Command } from './args.ts'
import { UsageError } from './usageError.ts'

const usageExitCode = 2
const unexpectedExitCode = 1

/** An error as the command line shows it. */
export interface Failure {
  readonly exitCode: number
  readonly lines: readonly string[]
  readonly json: unknown
}

/** What a person was doing when something failed. */
export interface Doing {
  readonly verb?: Command['verb']
}

/** What a person, a program and the shell are told about an error of any origin. */
export function failureOf(error: unknown, doing: Doing = {}): Failure {
  if (error instanceof UsageError) {
    const advice = error.advice ?? `Run: ${['chartroom', error.topic, '--help'].filter(Boolean).join(' ')}`
    return failure(usageExitCode, error.message, advice, { kind: 'usage', message: error.message, advice })
  }
  if (error instanceof ChartroomError) {
    const advice = adviceFor(error, doing)
    return failure(exitCodes[error.kind], error.message, advice, { ...error.toJSON(), advice })
  }
  const message = messageOf(error)
  const advice = 'This should not happen. Run the command again with --debug to see where it comes from.'
  return failure(unexpectedExitCode, message, advice, { kind: 'unexpected', message, advice })
}

function failure(exitCode: number, message: string, advice: string | undefined, json: unknown): Failure {
  return { exitCode, lines: advice === undefined ? [message] : [message, advice], json }
}

/** What to do next: the command that does it, else what the core knows, else what helps against this kind of failure. */
export function adviceFor(error: ChartroomError, doing: Doing): string | undefined {
  const { kind, advice, evidence } = error
  return (
    commandFor(error, doing) ?? advice ?? adviceAtVerb(error, doing.verb) ?? generalAdvice(kind, evidence)
  )
}

/** What to type: the command line knows its commands and flags, and the core does not. */
function commandFor(error: ChartroomError, { verb }: Doing): string | undefined {
  const { kind, advice, evidence } = error
  if (error instanceof PortTaken) {
    return `Choose another one, for example: --port ${error.port < 65535 ? error.port + 1 : 0}`
  }
  if (kind === 'unauthorized' && verb !== 'registry login') return generalAdvice(kind, evidence)
  if (kind === 'store-corrupt' && verb?.startsWith('chart ') === true && isMendable(error)) {
    return 'Run: chartroom chart verify --repair'
  }
  if (kind === 'unsupported' && verb === 'registry list') {
    return `Run: chartroom registry list ${evidence.host ?? 'HOST'}/REPOSITORY`
  }
  if (kind === 'too-large') return limitAdvice(evidence)
  if (evidence.option !== undefined) return optionAdvice[evidence.option]
  if (evidence.realm !== undefined) return trustAdvice(evidence.realm, evidence.host)
  if (evidence.link !== undefined) return 'Copy the file into the chart, or accept it with --follow-links.'
  if (kind === 'invalid-reference' && carriesLogin(evidence) && verb?.startsWith('chart ') === true) {
    return 'Log in with "chartroom registry login" instead.'
  }
  // Where the cache has something of a similar name, that is the better hint.
  if (kind === 'not-found' && advice?.startsWith('The cache has') !== true) return cacheAdvice(evidence, verb)
  return undefined
}

/** Whether a repair of the cache can do something about it: the index, or what an entry of it needs. */
function isMendable({ cause, evidence: { path, reference, expected } }: ChartroomError): boolean {
  // What the system says is about the place, which a repair does not change.
  if ((cause as NodeJS.ErrnoException | undefined)?.code !== undefined || expected === 'file') return false
  return path?.endsWith('index.json') === true || (path === undefined && reference !== undefined)
}

/** Of a reference with a user or a password in it nobody repeats more than that there was one. */
function carriesLogin({ reference }: ErrorEvidence): boolean {
  return reference?.startsWith('***@') === true
}

/** What to type where something can be set for the host. */
const optionAdvice: Readonly<Record<NonNullable<ErrorEvidence['option']>, string>> = {
  caFile: 'If you trust the authority that signed the certificate, name it with --ca-file FILE.',
  clientCert: 'Name the client certificate and its key with --cert-file FILE --key-file FILE.',
  insecureSkipVerify:
    'Name the authority that signed the certificate with --ca-file FILE, or allow this login with --insecure.',
  plainHttp: 'If it is a plain HTTP registry in a network that you trust, add --plain-http.',
}

const flagsOfLimits = { unpacked: '--max-unpacked', file: '--max-file', entries: '--max-entries' } as const

/** Names the flag that raises the limit which was passed. */
function limitAdvice({ limit, expected, actual }: ErrorEvidence): string | undefined {
  if (limit === undefined || typeof expected !== 'number') return undefined
  const wanted = typeof actual === 'number' ? Math.max(actual, expected + 1) : expected * 2
  const isSize = limit !== 'entries'
  const raised = isSize ? formatSize(powerOfTwo(wanted)).replace(/(?:\.0)? /, '') : String(wanted)
  const shown = isSize ? formatSize(expected) : `${expected} files`
  return `If you trust this chart, raise the limit of ${shown}, for example with ${flagsOfLimits[limit]} ${raised}.`
}

function powerOfTwo(least: number): number {
  return 2 ** Math.ceil(Math.log2(least))
}

/** How to get a chart that the cache does not have. */
function cacheAdvice(
  { reference, host, path, digest }: ErrorEvidence,
  verb: Doing['verb'],
): string | undefined {
  if (reference === undefined || host !== undefined || path !== undefined || digest !== undefined)
    return undefined
  if (verb === 'chart remove') return 'Run: chartroom chart list'
  if (verb !== 'chart push' && verb !== 'chart export') return undefined
  const pull = parseReference(reference).host === '' ? '' : `, or: chartroom chart pull ${reference}`
  return `Run: chartroom chart save PATH ${reference}${pull}`
}

/** What helps while a certain thing is being done, and not otherwise. */
function adviceAtVerb(error: ChartroomError, verb: Doing['verb']): string | undefined {
  if (error.kind === 'store-readonly') return deniedAdvice(error, verb)
  if (error.kind !== 'integrity') return undefined
  if (verb === 'chart pull') return 'Try again. If it stays so, what the registry holds is damaged.'
  // What is in the cache has a digest; an archive that is to be saved has none yet.
  return verb === 'chart save' && error.evidence.digest === undefined
    ? 'Fetch or package the archive again.'
    : undefined
}

function deniedAdvice({ cause, evidence: { path } }: ChartroomError, verb: Doing['verb']): string {
  const { syscall } = (cause ?? {}) as NodeJS.ErrnoException
  if (readingCalls.has(syscall ?? '') || (syscall === 'open' && path !== undefined && !isReadable(path))) {
    return 'Make it readable.'
  }
  return `Make it writable, or use another place with ${(verb && placeFlags[verb]) ?? 'HELM_CACHE_HOME=DIR'}.`
}

/** What chooses the place that a verb writes to, where that is not the cache. */
const placeFlags: Partial<Record<Command['verb'], string>> = {
  'chart export': '-d DIR',
  'registry login': 'HELM_REGISTRY_CONFIG=FILE',
  'registry logout': 'HELM_REGISTRY_CONFIG=FILE',
  'registry serve': '--storage DIR',
}

const readingCalls: ReadonlySet<string> = new Set([
  'scandir',
  'opendir',
  'read',
  'stat',
  'lstat',
  'readlink',
  'realpath',
])

/** Whether a file can be read, as far as permissions go: one that is missing was to be written. */
function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
  }
}

/** A login in the editor's secret storage is out of reach for every other program, so nobody here knows whether there is one. */
const loginOfEditor =
  '; if VS Code has the login, use "Share Login with Helm…" there: nobody else can read what it keeps.'

function trustAdvice(realm: string, host = 'this registry'): string {
  return `If ${realm} is the token server of ${host}, add: --trust-realm ${realm}`
}

function generalAdvice(kind: ErrorKind, evidence: ErrorEvidence): string | undefined {
  const { host = 'HOST' } = evidence
  switch (kind) {
    case 'unauthorized':
      return `Run: chartroom registry login ${host}${evidence.origin === undefined ? loginOfEditor : ''}`
    case 'not-logged-in':
      return undefined
    case 'forbidden':
      return 'Log in as a user who may do this, or ask the owner of the registry.'
    case 'not-found':
      return missingAdvice(evidence)
    case 'unsupported':
      return 'Use a registry that can do this.'
    case 'rate-limited':
      return 'Wait a while, or log in: registries let more through for users they know.'
    case 'unavailable':
      return 'Check the host and the network, and try again.'
    case 'tls':
      return 'Name the authority that signed the certificate with --ca-file FILE.'
    case 'proxy':
      return 'Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY.'
    case 'integrity':
      return 'Save the chart again, or pull it again.'
    case 'too-large':
      return 'If you trust this chart, raise the limit: --max-unpacked, --max-file or --max-entries.'
    case 'archive-unsafe':
      return 'Do not use this archive; tell the people who made it.'
    case 'invalid-chart':
      return 'Correct the chart and run the command again.'
    case 'not-a-chart':
      return 'Check the name and the tag; it holds something else.'
    case 'store-locked':
      return 'Wait until the other command is done and run this one again.'
    case 'store-readonly':
      return 'Make it readable and writable.'
    case 'store-corrupt':
      return 'Repair what is named here, or move it away.'
    case 'disk-full':
      return 'Free some space and run the command again.'
    case 'refused':
      return `Ask whoever runs ${evidence.host ?? 'the registry'}; nothing was sent anywhere else.`
    case 'invalid-reference':
      return 'Write for example localhost:5000/myrepo/mychart:1.0.0.'
    case 'target-exists':
      return 'Choose another tag, or leave out --no-overwrite to replace it.'
    case 'cancelled':
      return undefined
  }
}

function missingAdvice({ host, path, digest }: ErrorEvidence): string {
  if (host !== undefined) return 'Check the repository and the tag.'
  if (digest !== undefined) return 'Save the chart again, or pull it again.'
  return path === undefined ? 'Check the name. Run: chartroom chart list' : 'Check the path.'
}
