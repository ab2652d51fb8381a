import { ChartroomError, printable } from '../base/errors.ts'
import { isDigest, type Digest } from './digest.ts'

/**
 * A name of a chart, taken apart and checked, for example `localhost:5000/myrepo/mychart:2.7.0`.
 * Where there is a digest there is no tag.
 */
export interface Reference {
  /** `localhost:5000`; empty for a name without a host, which can be saved but not pushed. */
  readonly host: string
  /** `myrepo/mychart` */
  readonly repository: string
  /** As a person writes it: a `+` stays. On the wire it is `_` (see `wireTag`). */
  readonly tag?: string
  readonly digest?: Digest
}

const pathComponent = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/
/** Characters, as registries count them. */
const maxRepositoryLength = 255
const mayBeDigest = /^sha(?:256|512):[^/]*$/
const tagGrammar = /^\w[\w.+-]{0,127}$/
const hostGrammar =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::([1-9][0-9]{0,4}))?$/

/**
 * Reads a reference.
 *
 * The host is what stands before the first slash, if it is `localhost` or contains a dot, a colon or brackets. The tag is what follows
 * the last colon after the last slash, so a number is a tag and not a port. `oci://` is accepted and dropped.
 *
 * @throws ChartroomError `invalid-reference`; the message names the part, the reason and what would be valid
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests for the grammar
 */
export function parseReference(text: string): Reference {
  const name = text.startsWith('oci://') ? text.slice('oci://'.length) : text
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(name)?.[1]
  if (scheme !== undefined) {
    throw invalid(
      text,
      `a reference has no "${scheme}://"`,
      `Write ${withoutPassword(name.slice(scheme.length + 3))}.`,
    )
  }
  const [body, digest] = splitDigest(name, text)
  const slash = body.indexOf('/')
  const first = slash < 0 ? '' : body.slice(0, slash)
  const host = looksLikeHost(first) ? checkedHost(first, text) : ''
  const path = host === '' ? body : body.slice(slash + 1)
  const colon = path.lastIndexOf(':')
  const hasTag = colon > path.lastIndexOf('/')
  if (slash < 0 && /^(?:localhost:[0-9]{1,5}|.*\..*:[0-9]{2,5})$/.test(body)) {
    throw invalid(
      text,
      'it is a host without a repository',
      `Write the repository behind it, for example ${body}/mychart.`,
    )
  }
  const repository = checkedRepository(hasTag ? path.slice(0, colon) : path, text)
  const tag = hasTag ? path.slice(colon + 1) : ''
  if (digest !== undefined) return { host, repository, digest }
  return { host, repository, ...(tag === '' ? {} : { tag: checkedTag(tag, text) }) }
}

/** `host/repository`, as the guide's "The push refers to repository [...]" shows it. */
export function repositoryName({ host, repository }: Reference): string {
  return host === '' ? repository : `${host}/${repository}`
}

/** Whether a text is the path of a repository, without a host, as the distribution specification spells it. */
export function isRepository(text: string): boolean {
  return (
    text.length <= maxRepositoryLength && text.split('/').every((component) => pathComponent.test(component))
  )
}

/** Whether a text is a tag, as a person writes it: with a `+`. */
export function isTag(text: string): boolean {
  return tagGrammar.test(text)
}

/** The reference as one text. */
export function formatReference(reference: Reference): string {
  const name = repositoryName(reference)
  if (reference.digest !== undefined) return `${name}@${reference.digest}`
  return reference.tag === undefined ? name : `${name}:${reference.tag}`
}

/** What the guide's last lines call the chart: the tag, or the digest. */
export function tagOrDigest(reference: Reference): string {
  return reference.tag ?? reference.digest ?? ''
}

/** A tag as registries take it: they allow no `+`, which Helm 3.8 and later write as `_`. */
export function wireTag(tag: string): string {
  return tag.replaceAll('+', '_')
}

/** The same reference with a tag in place of whatever it had. */
export function withTag({ host, repository }: Reference, tag: string): Reference {
  return { host, repository, tag: checkedTag(tag, `${host}/${repository}:${tag}`) }
}

/**
 * Reads a registry host as people paste it, with a scheme and a path or without: `https://localhost:5000/v2/` is `localhost:5000`.
 * @throws ChartroomError `invalid-reference`
 */
export function parseHost(text: string): string {
  if (text.includes('@')) {
    throw invalid(text, 'a host carries no user name or password', 'Write the host alone.')
  }
  const host = text.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '').replace(/\/.*$/, '')
  return checkedHost(host, text)
}

function splitDigest(name: string, text: string): [string, Digest | undefined] {
  const at = name.lastIndexOf('@')
  if (at < 0) return [name, undefined]
  const digest = name.slice(at + 1)
  // Anything else with an @ may be a login that somebody pasted, so nothing of it is repeated.
  if (!mayBeDigest.test(digest) || name.indexOf('@') < at) {
    throw invalid(text, 'a reference carries no user name or password', 'Log in to the registry instead.')
  }
  if (!isDigest(digest)) {
    throw invalid(
      text,
      `"${digest}" is not a digest`,
      'A digest is sha256: and 64 hexadecimal digits in lower case.',
    )
  }
  return [name.slice(0, at), digest]
}

function looksLikeHost(first: string): boolean {
  return first === 'localhost' || /[.:[]/.test(first)
}

function checkedHost(host: string, text: string): string {
  const match = hostGrammar.exec(host)
  if (match === null || Number(match[1] ?? 1) > 65535 || !isAskedAsWritten(host)) {
    throw invalid(
      text,
      `"${host}" is not a host`,
      'A host looks like registry.example.com or localhost:5000.',
    )
  }
  return host
}

/** URLs refuse 999.1.1.1, and take 1.2.3 for 1.2.0.3: a host must be the one that is asked in the end. */
function isAskedAsWritten(host: string): boolean {
  const url = `https://${host}`
  return URL.canParse(url) && new URL(url).hostname === host.replace(/:\d+$/, '').toLowerCase()
}

function checkedRepository(repository: string, text: string): string {
  if (repository === '')
    throw invalid(
      text,
      'the repository is missing',
      'A reference looks like localhost:5000/myrepo/mychart:1.0.0.',
    )
  if (repository.length > maxRepositoryLength)
    throw invalid(
      text,
      `the repository has ${repository.length} characters`,
      `${maxRepositoryLength} characters at most.`,
    )
  const bad = repository.split('/').find((component) => !pathComponent.test(component))
  if (bad === undefined) return repository
  if (bad === '')
    throw invalid(
      text,
      `the repository "${repository}" has an empty part between slashes`,
      'Remove the extra slash.',
    )
  const lower = bad.toLowerCase()
  throw invalid(
    text,
    `"${bad}" cannot be part of a repository`,
    pathComponent.test(lower)
      ? `Repositories are in lower case: write "${lower}".`
      : 'A repository has lower-case letters, digits and single separators (. _ -) between them.',
  )
}

function checkedTag(tag: string, text: string): string {
  if (tagGrammar.test(tag)) return tag
  throw invalid(
    text,
    `"${tag}" is not a tag`,
    'A tag has letters, digits, and _ . - + after the first character; 128 characters at most.',
  )
}

function invalid(reference: string, why: string, advice: string): ChartroomError {
  const safe = withoutPassword(reference)
  const shown = printable(safe.length > 300 ? `${safe.slice(0, 297)}...` : safe)
  return new ChartroomError('invalid-reference', {
    message: `"${shown}" is not a valid reference: ${why}.`,
    advice,
    reference: shown,
  })
}

/** What stands before an `@`, unless a digest follows, right or wrong, may be a login that somebody pasted. It is shown to nobody. */
function withoutPassword(text: string): string {
  const at = text.lastIndexOf('@')
  if (at < 0 || (mayBeDigest.test(text.slice(at + 1)) && text.indexOf('@') === at)) return text
  return `***${text.slice(at)}`
}
