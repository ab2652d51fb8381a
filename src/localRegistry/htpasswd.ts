import { compare } from 'bcryptjs'
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { resolve } from 'node:path'
import { ChartroomError, messageOf } from '../core/base/errors.ts'
import { fileError } from '../core/base/fileError.ts'
import { factsOf, fingerprintOf, readSmall, type FileFacts } from '../core/base/files.ts'
import type { Logger } from '../core/base/logger.ts'

/** Bytes; a larger file is not read. */
const maxSize = 1024 * 1024

/** bcrypt under each of its names; registries take no other hash. */
const bcryptHash = /^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/

/**
 * The logins that the registry takes, from a file as `htpasswd -B` writes it. The file is read again when it has
 * changed; while it is missing, damaged or without a login nobody gets in, and the log says why.
 */
export class Htpasswd {
  readonly path: string
  readonly #log: Logger
  /** Makes marks of logins that only this process can compare; a password is never kept. */
  readonly #key = randomBytes(32)
  /** The mark of what was last accepted for each user: bcrypt takes a tenth of a second, and each request asks. */
  readonly #accepted = new Map<string, Buffer>()
  /** Logins that are just being checked, by their marks: clients send several requests at once. */
  readonly #checking = new Map<string, Promise<boolean>>()
  #read: { readonly fingerprint: string; readonly hashes: Promise<ReadonlyMap<string, string>> } | undefined

  constructor(path: string, log: Logger) {
    this.path = resolve(path)
    this.#log = log
  }

  /**
   * Looks at the file for the first time.
   * @throws ChartroomError `not-found` where there is none
   */
  async open(): Promise<void> {
    if ((await this.#facts()) === undefined) {
      throw new ChartroomError('not-found', {
        message: `There is no htpasswd file ${this.path}, so the registry was not started.`,
        advice: 'Make one with: htpasswd -cB FILE USER',
        path: this.path,
      })
    }
    await this.#hashes()
  }

  /**
   * Whether a request may be served.
   * @param authorization the value of its `Authorization` header
   */
  async accepts(authorization: string | undefined): Promise<boolean> {
    const hashes = await this.#hashes()
    const anyHash = hashes.values().next().value
    const login = loginOf(authorization)
    if (login === undefined || anyHash === undefined) return false
    const { user, password } = login
    // A user whom the file does not name is checked all the same, so that the time of an answer does not tell.
    const isNamed = hashes.has(user)
    const hash = hashes.get(user) ?? anyHash
    const mark = createHmac('sha256', this.#key)
      .update(JSON.stringify([user, password, hash]))
      .digest()
    const accepted = this.#accepted.get(user)
    if (isNamed && accepted !== undefined && timingSafeEqual(accepted, mark)) return true
    const isRight = await this.#check(mark.toString('hex'), password, hash)
    if (!isRight || !isNamed) return false
    // The mark holds the hash, so that it means nothing any more when the file has another one.
    this.#accepted.set(user, mark)
    return true
  }

  async #check(mark: string, password: string, hash: string): Promise<boolean> {
    const running = this.#checking.get(mark)
    if (running !== undefined) return await running
    const checking = compare(password, hash)
    this.#checking.set(mark, checking)
    try {
      return await checking
    } finally {
      this.#checking.delete(mark)
    }
  }

  /** The hash of each user, as the file says it now. */
  async #hashes(): Promise<ReadonlyMap<string, string>> {
    const now = fingerprintOf(await this.#facts())
    if (this.#read?.fingerprint !== now) this.#read = { fingerprint: now, hashes: this.#readHashes() }
    return await this.#read.hashes
  }

  async #facts(): Promise<FileFacts | undefined> {
    try {
      return await factsOf(this.path)
    } catch (error) {
      throw fileError(error, 'read the htpasswd file')
    }
  }

  async #readHashes(): Promise<ReadonlyMap<string, string>> {
    try {
      const bytes = await readSmall(this.path, maxSize)
      if (bytes === undefined) throw new Error('it is missing')
      const hashes = parse(bytes.toString('utf8'), (problem) => {
        this.#log.warn(`${this.path}, ${problem}`)
      })
      if (hashes.size === 0) throw new Error('it holds no login that can be used')
      return hashes
    } catch (error) {
      this.#log.warn(`Nobody can log in by ${this.path}: ${messageOf(error)}.`)
      return new Map()
    }
  }
}

/**
 * Reads the lines `USER:HASH`. Of two with the same user the last one counts, as in Docker's registry.
 * @throws Error where a line is something else, because then nobody can tell what the file should say
 */
function parse(text: string, onProblem: (problem: string) => void): Map<string, string> {
  const hashes = new Map<string, string>()
  for (const [index, line] of text
    .split('\n')
    .map((raw) => raw.trim())
    .entries()) {
    if (line === '' || line.startsWith('#')) continue
    const colon = line.indexOf(':')
    if (colon <= 0) throw new Error(`line ${index + 1} is not USER:HASH`)
    const hash = line.slice(colon + 1)
    if (bcryptHash.test(hash)) hashes.set(line.slice(0, colon), hash)
    else
      onProblem(`line ${index + 1}: this user cannot log in, because the hash is not bcrypt (htpasswd -B).`)
  }
  return hashes
}

/** @see https://www.rfc-editor.org/rfc/rfc7617#section-2 */
function loginOf(authorization = ''): { readonly user: string; readonly password: string } | undefined {
  const encoded = /^basic +([a-z\d+/]+=*) *$/i.exec(authorization)?.[1]
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) }
}
