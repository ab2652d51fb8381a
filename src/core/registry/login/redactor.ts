import type { Credential } from '../../base/credential.ts'

/** A text shorter than this comes up by accident. */
const shortest = 4
/** How many secrets are remembered; the oldest go first. A registry gives a new token every few minutes. */
const most = 60

/**
 * Takes secrets out of what others say, because servers put what they were sent into their errors. It knows the secrets
 * of one registry: as they are, as they travel, and the signature that makes a token one.
 */
export class Redactor {
  readonly #secrets = new Set<string>()

  learn({ username, password, identityToken = '' }: Credential): void {
    const pair = `${username}:${password}`
    if (password !== '') this.#add(password, Buffer.from(pair).toString('base64'))
    this.#add(identityToken)
  }

  learnToken(token: string): void {
    this.#add(token, token.split('.')[2] ?? '')
  }

  /** The text with every known secret replaced. */
  clean(text: string): string {
    // Of two secrets the longer one may hold the other.
    const longestFirst = [...this.#secrets].sort((a, b) => b.length - a.length)
    return longestFirst.reduce((cleaned, secret) => cleaned.replaceAll(secret, '***'), text)
  }

  #add(...secrets: readonly string[]): void {
    for (const secret of secrets.flatMap((each) => [each, encodeURIComponent(each)])) {
      if (secret.length < shortest) continue
      this.#secrets.delete(secret)
      this.#secrets.add(secret)
    }
    for (const oldest of [...this.#secrets].slice(0, -most)) this.#secrets.delete(oldest)
  }
}
