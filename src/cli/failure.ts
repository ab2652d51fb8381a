import { ChartroomError, exitCodes, messageOf, type ErrorEvidence, type ErrorKind } from '../core/index.ts'
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

/** What a person, a program and the shell are told about an error of any origin. */
export function failureOf(error: unknown, verb?: Command['verb']): Failure {
  if (error instanceof UsageError) {
    const advice = `Run: ${['chartroom', error.topic, '--help'].filter((part) => part !== '').join(' ')}`
    return failure(usageExitCode, error.message, advice, { kind: 'usage', message: error.message, advice })
  }
  if (error instanceof ChartroomError) {
    const advice = adviceFor(error, verb)
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
function adviceFor({ kind, advice, evidence }: ChartroomError, verb?: Command['verb']): string | undefined {
  if (kind === 'unauthorized' && verb !== 'registry login') return generalAdvice(kind, evidence)
  if (kind === 'integrity' && verb === 'chart pull') {
    return advice ?? 'Try again. If it stays so, what the registry holds is damaged.'
  }
  return advice ?? generalAdvice(kind, evidence)
}

function generalAdvice(kind: ErrorKind, evidence: ErrorEvidence): string | undefined {
  const { host = 'HOST' } = evidence
  switch (kind) {
    case 'unauthorized':
    case 'not-logged-in':
      return `Run: chartroom registry login ${host}`
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
      return 'Make it writable, or use another place with HELM_CACHE_HOME=DIR.'
    case 'store-corrupt':
      return 'Repair what is named here, or move it away.'
    case 'disk-full':
      return 'Free some space and run the command again.'
    case 'refused':
      return 'If you trust this server, name it with --trust-realm HOST.'
    case 'invalid-reference':
      return 'Write for example localhost:5000/myrepo/mychart:1.0.0.'
    case 'target-exists':
      return 'Choose another tag, or push without --no-overwrite to replace it.'
    case 'cancelled':
      return undefined
  }
}

function missingAdvice({ host, path, digest }: ErrorEvidence): string {
  if (host !== undefined) return 'Check the repository and the tag.'
  if (digest !== undefined) return 'Save the chart again, or pull it again.'
  return path === undefined ? 'Check the name. Run: chartroom chart list' : 'Check the path.'
}
