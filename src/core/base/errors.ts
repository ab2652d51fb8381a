/**
 * Every way an operation of the core can fail, with the exit code that the command line gives it.
 * Kinds are a contract with scripts: add freely, never rename.
 */
export const exitCodes = {
  unauthorized: 3,
  forbidden: 3,
  'not-logged-in': 3,
  'not-found': 4,
  unsupported: 5,
  'rate-limited': 6,
  unavailable: 7,
  tls: 8,
  proxy: 8,
  integrity: 9,
  'too-large': 9,
  'archive-unsafe': 10,
  'invalid-chart': 10,
  'not-a-chart': 10,
  'store-locked': 11,
  'store-readonly': 11,
  'store-corrupt': 11,
  'disk-full': 11,
  refused: 12,
  'invalid-reference': 13,
  'target-exists': 14,
  cancelled: 130,
} as const

export type ErrorKind = keyof typeof exitCodes

/** What a program can read from an error besides its kind. Values are plain text or numbers, never secrets. */
export interface ErrorEvidence {
  readonly reference?: string
  readonly host?: string
  readonly path?: string
  readonly digest?: string
  readonly expected?: string | number
  readonly actual?: string | number
  /** HTTP status of the registry's answer. */
  readonly status?: number
  /** What the registry calls it, such as `MANIFEST_UNKNOWN`. */
  readonly code?: string
  /** Line in `path`, counted from 1. */
  readonly line?: number
  /** Where the login that was refused came from, for people; missing where none was sent. */
  readonly origin?: string
  /** The token server that did not get the login of `host`, because nobody has trusted it with that. */
  readonly realm?: string
  /** What can be set for `host` that would help; the rims know under which name. */
  readonly option?: 'caFile' | 'clientCert' | 'insecureSkipVerify' | 'plainHttp'
  /** Which of the limits that a person can raise was passed; `expected` is its number. */
  readonly limit?: 'unpacked' | 'file' | 'entries'
  /** What a link at `path` leads to, where that is out of the chart. */
  readonly link?: string
}

export interface ErrorDetails extends ErrorEvidence {
  /** One sentence for a person: what failed, on what, why. */
  readonly message: string
  /** What to do next, as a sentence; the rims add a button or a command of their own. */
  readonly advice?: string
  readonly cause?: unknown
}

/** The one error of the core: a kind for programs, a sentence for people, evidence in fields. */
export class ChartroomError extends Error {
  override readonly name = 'ChartroomError'
  readonly kind: ErrorKind
  readonly advice: string | undefined
  readonly evidence: ErrorEvidence

  constructor(kind: ErrorKind, { message, advice, cause, ...evidence }: ErrorDetails) {
    super(printable(message), cause === undefined ? undefined : { cause })
    this.kind = kind
    this.advice = advice === undefined ? undefined : printable(advice)
    this.evidence = evidence
  }

  /** The error as `--output json` prints it. */
  toJSON(): { kind: ErrorKind; message: string; advice?: string } & ErrorEvidence {
    return {
      kind: this.kind,
      message: this.message,
      ...(this.advice === undefined ? {} : { advice: this.advice }),
      ...this.evidence,
    }
  }
}

/** The kind of an error of any origin: an abort is `cancelled`, anything that is not ours is `undefined`. */
export function kindOf(error: unknown): ErrorKind | undefined {
  if (error instanceof ChartroomError) return error.kind
  return isAbort(error) ? 'cancelled' : undefined
}

/** Whether an error is the reason of an aborted signal. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}

/** The sentence of an error of any origin. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/**
 * Text from outside, made harmless for a terminal, a log and a label: line breaks and tabs become spaces, other
 * control characters and the bidirectional overrides go (CVE-2021-21303).
 */
export function printable(text: string): string {
  return text
    .replace(/[\t\n\r\u2028\u2029]+/g, ' ')
    .replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '')
}
