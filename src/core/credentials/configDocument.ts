import type { Credential } from '../base/credential.ts'
import { isObject } from '../base/jsonObject.ts'
import { notJson } from '../base/notJson.ts'
import { hostIn, keyOf, keysFor, partOf } from './hostKey.ts'
import { withMember, withoutMembers, type JsonStyle } from './jsonText.ts'

type Json = Readonly<Record<string, unknown>>

/** What an entry says about who somebody is. */
export type Login = Omit<Credential, 'origin'>

/** The reason why a text is no credentials file. It never contains any of the text. */
export class UnreadableConfig extends Error {
  override readonly name = 'UnreadableConfig'
}

/**
 * A `config.json` as Docker, Helm and podman share it. Immutable: a change gives a new document in which every byte
 * that is not of the host's own entry stays as it was.
 *
 * @see https://github.com/docker/cli/blob/master/cli/config/configfile/file.go
 */
export class ConfigDocument {
  readonly #text: string
  readonly #content: Json

  private constructor(text: string, content: Json) {
    this.#text = text
    this.#content = content
  }

  /**
   * Reads a document; an empty text is an empty document.
   * @throws UnreadableConfig
   */
  static parse(bytes: Uint8Array): ConfigDocument {
    const text = decode(bytes)
    return ConfigDocument.#of(text.trim() === '' ? '{}' : text)
  }

  static #of(text: string): ConfigDocument {
    const content = parseJson(text)
    if (!isObject(content)) throw new UnreadableConfig('it is not a JSON object')
    for (const key of ['auths', 'credHelpers']) {
      const value = content[key] ?? {}
      if (!isObject(value)) throw new UnreadableConfig(`"${key}" is not a JSON object`)
    }
    return new ConfigDocument(text, content)
  }

  /** Whether nothing says where logins are kept, so that the platform's own credential helper may be proposed. */
  get isOpen(): boolean {
    return (
      Object.keys(this.#auths).length === 0 &&
      this.defaultHelper === undefined &&
      Object.keys(this.#helpers).length === 0
    )
  }

  /** The hosts that the document names, with or without a secret, each once. */
  get hosts(): string[] {
    const keys = [...Object.keys(this.#auths), ...Object.keys(this.#helpers)]
    return [...new Set(keys.map(hostIn).filter((host) => host !== undefined))]
  }

  /** The suffix of the credential helper for every host that has none of its own. */
  get defaultHelper(): string | undefined {
    const helper = this.#content['credsStore']
    return typeof helper === 'string' && helper !== '' ? helper : undefined
  }

  /** The keys of a host in `auths`: what is for most of a repository, then the usual spelling, then others. */
  keysOf(host: string, repository?: string): string[] {
    return keysFor(Object.keys(this.#auths), host, repository)
  }

  /** Whether there are logins for parts of a host. */
  hasPartsOf(host: string): boolean {
    return this.keysOf(host).some((key) => partOf(key) !== undefined)
  }

  /**
   * The suffix of the credential helper that is configured for a host: its own from `credHelpers`, where an empty one
   * means none, else `credsStore`.
   */
  helperOf(host: string): string | undefined {
    const key = keysFor(Object.keys(this.#helpers), host)[0]
    if (key === undefined) return this.defaultHelper
    const helper = this.#helpers[key]
    return typeof helper === 'string' && helper !== '' ? helper : undefined
  }

  /** Whether the document names the host, with or without a secret. */
  mentions(host: string): boolean {
    return this.keysOf(host).length > 0 || keysFor(Object.keys(this.#helpers), host).length > 0
  }

  /**
   * The login that the document itself holds for a host.
   * @throws UnreadableConfig where there is an entry that cannot be understood
   */
  loginOf(host: string, repository?: string): Login | undefined {
    for (const key of this.keysOf(host, repository)) {
      const login = loginIn(this.#auths[key])
      if (login !== undefined) return this.hasPartsOf(host) ? { ...login, isPartial: true } : login
    }
    return undefined
  }

  /** The document with a login in plain text. */
  withLogin(host: string, login: Login): ConfigDocument {
    return this.#withEntry(host, entryFor(login))
  }

  /** The document with the note that a credential helper holds the host's login. */
  withHelper(host: string, helper: string): ConfigDocument {
    const noted = this.#withEntry(host, {})
    if (noted.helperOf(host) === helper) return noted
    return ConfigDocument.#of(withMember(noted.#text, [], 'credsStore', helper, styleOf(noted.#text)))
  }

  /** The document without any spelling of a host. */
  without(host: string): ConfigDocument {
    const keys = this.keysOf(host)
    return keys.length === 0 ? this : ConfigDocument.#of(withoutMembers(this.#text, ['auths'], keys))
  }

  toString(): string {
    return this.#text
  }

  get #auths(): Json {
    const auths = this.#content['auths']
    return isObject(auths) ? auths : {}
  }

  get #helpers(): Json {
    const helpers = this.#content['credHelpers']
    return isObject(helpers) ? helpers : {}
  }

  #withEntry(host: string, entry: Json): ConfigDocument {
    const key = keyOf(host)
    const style = styleOf(this.#text)
    const names = Object.keys(this.#auths)
    // Helm sorts the hosts; a file that is in order stays in order.
    const sorted = names.every((name, position) => position === 0 || (names[position - 1] ?? '') < name)
    const text = isObject(this.#content['auths'])
      ? this.#text
      : withMember(this.#text, [], 'auths', {}, style, () => true)
    return ConfigDocument.#of(withMember(text, ['auths'], key, entry, style, (name) => sorted && name > key))
  }
}

function loginIn(entry: unknown): Login | undefined {
  if (entry === undefined || entry === null) return undefined
  if (!isObject(entry)) throw new UnreadableConfig('the entry is not a JSON object')
  const token = textIn(entry, 'identitytoken')
  if (token !== '') return { ...passwordBeside(entry), identityToken: token }
  return passwordIn(entry)
}

/** What a server that takes no identity tokens may get: a user with a password; nothing where only half of it is there. */
function passwordBeside(entry: Json): { username: string; password: string } {
  const { username = '', password = '' } = passwordIn(entry) ?? {}
  return username === '' || password === '' ? { username: '', password: '' } : { username, password }
}

function passwordIn(entry: Json): Login | undefined {
  const auth = textIn(entry, 'auth')
  if (auth !== '') return decodeAuth(auth)
  const username = textIn(entry, 'username')
  const password = textIn(entry, 'password')
  return username === '' && password === '' ? undefined : { username, password }
}

function decodeAuth(auth: string): Login {
  const compact = auth.replace(/[\r\n]/g, '')
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) throw new UnreadableConfig('its "auth" is not base64')
  const text = Buffer.from(compact, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon < 0) throw new UnreadableConfig('its "auth" has no colon between user and password')
  return loginOfUser(text.slice(0, colon), text.slice(colon + 1).replace(/\0+$/, ''))
}

/** A user called `<token>` says that the secret is an identity token. */
export function loginOfUser(username: string, secret: string): Login {
  return username === '<token>'
    ? { username: '', password: '', identityToken: secret }
    : { username, password: secret }
}

function entryFor({ username, password, identityToken }: Login): Json {
  const auth =
    username === '' && password === '' ? '' : Buffer.from(`${username}:${password}`).toString('base64')
  return {
    ...(auth === '' ? {} : { auth }),
    ...(identityToken === undefined ? {} : { identitytoken: identityToken }),
  }
}

function textIn(entry: Json, key: string): string {
  const value = entry[key] ?? ''
  if (typeof value !== 'string') throw new UnreadableConfig(`its "${key}" is not text`)
  return value
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new UnreadableConfig('it is not UTF-8 text')
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''))
  } catch (error) {
    throw new UnreadableConfig(notJson(error, text))
  }
}

/** As it is; tabs, as Helm writes, where there is nothing to go by. */
function styleOf(text: string): JsonStyle {
  const indentation = /^\s*\{\s*?\n([ \t]+)/.exec(text)?.[1]
  return {
    indentation: indentation ?? (/^\s*\{\s*\}\s*$/.test(text) ? '\t' : ''),
    lineEnd: /\r?\n/.exec(text)?.[0] ?? '\n',
  }
}
