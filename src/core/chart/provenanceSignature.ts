import { randomUUID } from 'node:crypto'
import { join, resolve } from 'node:path'
import { ChartroomError, printable } from '../base/errors.ts'
import { factsOf, makeNewDirectory, readChunks, readSmall, removeTree } from '../base/files.ts'
import { findProgram, type ProgramSearch } from '../base/findProgram.ts'
import type { OperationOptions } from '../base/progress.ts'
import { ProgramFailure, runProgram, type Outcome } from '../base/runProgram.ts'
import { maxProvenanceSize } from './limits.ts'

/** A good signature. */
export interface GoodSignature {
  /** Name and address that the key gives its owner. */
  readonly signedBy: string
  /** Of the owner's main key: hexadecimal digits in upper case. */
  readonly fingerprint: string
  /** What was signed. */
  readonly text: string
}

/** What is wrong with a signature, as words that follow a colon. */
export interface BadSignature {
  readonly problem: string
}

/**
 * Has gpg check the signature of a provenance file against the keys of a key ring, and against no other key. Every key of
 * the ring counts as trusted, as in `helm verify --keyring`.
 *
 * gpg runs without a shell, in an empty home of its own, and reads the message from its standard input. What was signed is
 * what gpg says it was, because a message can be framed so that others read another text in it.
 *
 * @param keyring a file of public keys that `requireKeyring` has found to be one
 * @throws ChartroomError `unsupported` (no gpg), `unavailable`
 * @see https://github.com/gpg/gnupg/blob/master/doc/DETAILS#format-of-the-status-fd-output
 */
export async function checkSignature(
  provenance: Uint8Array,
  keyring: string,
  search: ProgramSearch,
  { signal }: OperationOptions,
): Promise<GoodSignature | BadSignature> {
  const gpg = await findProgram('gpg', search)
  if (gpg === undefined) throw gpgMissing()
  const home = join(search.around.temporary, `chartroom-${randomUUID()}`)
  await makeNewDirectory(home, 0o700)
  try {
    const output = join(home, 'signed')
    const parameters = [...always, '--homedir', home, '--keyring', resolve(keyring), '--output', output]
    const { exitCode, output: status } = await run(gpg, [...parameters, '--verify'], provenance, {
      env: search.around.env,
      directory: home,
      signal,
    })
    const signature = signatureIn(status, exitCode)
    if ('problem' in signature) return signature
    const text = await readSmall(output, maxProvenanceSize, signal)
    return { ...signature, text: (text ?? Buffer.alloc(0)).toString().replaceAll('\r\n', '\n') }
  } finally {
    await removeTree(home)
  }
}

const always = [
  '--batch',
  '--no-tty',
  '--no-options',
  '--no-autostart',
  '--no-auto-key-retrieve',
  '--no-auto-key-locate',
  '--no-default-keyring',
  '--trust-model=always',
  '--status-fd=1',
]

/** Milliseconds. */
const timeout = 30_000
/** Bytes; a signature takes some hundreds. */
const outputLimit = 64 * 1024

async function run(
  gpg: string,
  parameters: readonly string[],
  input: Uint8Array,
  place: Pick<Parameters<typeof runProgram>[3], 'env' | 'directory' | 'signal'>,
): Promise<Outcome> {
  try {
    return await runProgram(gpg, parameters, input, { ...place, timeout, outputLimit })
  } catch (error) {
    if (!(error instanceof ProgramFailure)) throw error
    throw new ChartroomError('unavailable', {
      message: `The signature was not checked: gpg ${error.message}.`,
      advice: 'Run "gpg --version" in a terminal to see whether it works.',
      path: gpg,
      cause: error,
    })
  }
}

/** What gpg reports about exactly one signature. */
function signatureIn(status: string, exitCode: number | null): Omit<GoodSignature, 'text'> | BadSignature {
  const reports = status
    .split('\n')
    .filter((line) => line.startsWith('[GNUPG:] '))
    .map((line) => line.split(' ').slice(1))
  const all = (keyword: string): string[][] => reports.filter(([first]) => first === keyword)
  const [good] = all('GOODSIG')
  const [valid] = all('VALIDSIG')
  const fingerprint = valid?.[10] ?? valid?.[1]
  if (exitCode === 0 && all('NEWSIG').length === 1 && good !== undefined && fingerprint !== undefined) {
    return { signedBy: printable(unescaped(good.slice(2).join(' '))), fingerprint }
  }
  const [unknown] = all('NO_PUBKEY')
  if (unknown !== undefined)
    return { problem: `the key ring does not have the key ${unknown[1] ?? ''} that signed it` }
  const known = problems.find(([keyword]) => all(keyword).length > 0)
  return { problem: known?.[1] ?? 'gpg does not accept its signature' }
}

const problems = [
  ['BADSIG', 'it was changed after it was signed'],
  ['REVKEYSIG', 'the key that signed it was revoked'],
  ['EXPKEYSIG', 'the key that signed it has expired'],
  ['EXPSIG', 'its signature has expired'],
] as const

/** gpg writes control characters and percent signs of names as `%XX`, all other bytes as they are. */
function unescaped(name: string): string {
  return name.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/**
 * @param path of a file of public keys, `.gpg` or `.kbx`
 * @throws ChartroomError `not-found`, `unsupported` (a key ring of another kind)
 */
export async function requireKeyring(path: string): Promise<void> {
  // gpg would make an empty one.
  if ((await factsOf(path))?.kind !== 'file') {
    throw new ChartroomError('not-found', { message: `There is no key ring at ${path}.`, path })
  }
  for await (const start of readChunks(path, undefined, { end: armor.length - 1 })) {
    if (start.toString() !== armor) return
    throw new ChartroomError('unsupported', {
      message: `${path} is a key in text form, and gpg takes key rings in binary form.`,
      advice: `Make one of it with: gpg --dearmor ${path}`,
      path,
    })
  }
}

const armor = '-----BEGIN PGP'

function gpgMissing(): ChartroomError {
  return new ChartroomError('unsupported', {
    message: 'The signature was not checked: that takes the program gpg, which is not on PATH.',
    advice: 'Install GnuPG, or verify without a key ring.',
  })
}
