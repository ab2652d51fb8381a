import { join } from 'node:path'
import { ChartroomError } from '../../base/errors.ts'
import { fileError } from '../../base/fileError.ts'
import { codeOf, namesIn, readSmall } from '../../base/files.ts'
import type { HostOptions } from '../hosts/hostOptions.ts'

/** What `https.request` is told about certificates. */
export interface TlsSettings {
  readonly rejectUnauthorized?: false
  readonly ca?: string[]
  readonly cert?: string
  readonly key?: string
}

/** Where certificates come from besides what is set for a host. */
export interface CertificatePlaces {
  /** A directory with one directory a host, as Docker's: `*.crt` are authorities, `*.cert` with `*.key` are ours. */
  readonly byHost?: string
  /** Files, and directories of files, with authorities for every host. */
  readonly files?: readonly string[]
  readonly directories?: readonly string[]
}

/** What was read of files, by path; `undefined` for one that is not there. */
export type ReadFiles = Map<string, Buffer | undefined>

/**
 * Reads the certificates for a host. What is set counts before what lies in Docker's directory; authorities add up.
 *
 * @param files takes what was read
 * @returns `undefined` where there is nothing that a host without settings has not
 * @throws ChartroomError `tls` where a file that is set is missing
 * @see https://docs.docker.com/engine/security/certificates/
 */
export async function readTlsSettings(
  host: string,
  options: HostOptions,
  places: CertificatePlaces,
  files: ReadFiles = new Map(),
): Promise<TlsSettings | undefined> {
  const found = await foundFor(host, places.byHost, files)
  const clientCert = options.clientCert ?? found.clientCert
  const clientKey = options.clientCert === undefined ? found.clientKey : options.clientKey
  const authorities = [...found.authorities, ...(await filesIn(places, files))]
  if (options.caFile !== undefined) authorities.push(...(await readAuthorities(options.caFile, files)))
  const settings = {
    ...(options.insecureSkipVerify === true ? { rejectUnauthorized: false as const } : {}),
    ...(authorities.length === 0 ? {} : { ca: [...(await trustedAnyway(files)), ...authorities] }),
    ...(clientCert === undefined ? {} : { cert: await readPem(clientCert, files) }),
    ...(clientCert === undefined || clientKey === undefined ? {} : { key: await readPem(clientKey, files) }),
  }
  return Object.keys(settings).length === 0 ? undefined : settings
}

/** The places of this machine: Docker's, and those that OpenSSL's variables name. */
export function certificatePlaces(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): CertificatePlaces {
  const separator = platform === 'win32' ? ';' : ':'
  const filled = (name: string): string[] => (env[name] ?? '').split(separator).filter(Boolean)
  return {
    ...dockerPlace(env, platform),
    files: filled('SSL_CERT_FILE'),
    directories: filled('SSL_CERT_DIR'),
  }
}

/** Where Docker has the certificates of hosts. */
export function dockerPlace(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): CertificatePlaces {
  if (platform !== 'win32') return { byHost: '/etc/docker/certs.d' }
  return { byHost: join(env['ProgramData'] ?? String.raw`C:\ProgramData`, 'docker', 'certs.d') }
}

interface Found {
  readonly authorities: readonly string[]
  readonly clientCert?: string
  readonly clientKey?: string
}

async function foundFor(host: string, directory: string | undefined, files: ReadFiles): Promise<Found> {
  if (directory === undefined) return { authorities: [] }
  // A colon cannot be in a name on Windows.
  const place = join(directory, process.platform === 'win32' ? host.replace(':', '') : host)
  const names = await namesAt(place)
  const paths = names.filter((name) => name.endsWith('.crt')).map((name) => join(place, name))
  const read = await Promise.all(paths.map(async (path) => await readAuthorities(path, files)))
  const authorities = read.flat()
  const clientCert = names.find((name) => name.endsWith('.cert') && names.includes(keyOf(name)))
  if (clientCert === undefined) return { authorities }
  return { authorities, clientCert: join(place, clientCert), clientKey: join(place, keyOf(clientCert)) }
}

function keyOf(certificate: string): string {
  return certificate.replace(/\.cert$/, '.key')
}

/** The authorities of the files and directories that are named for every host; what is not there has none. */
async function filesIn(
  { files = [], directories = [] }: CertificatePlaces,
  into: ReadFiles,
): Promise<string[]> {
  const lists = await Promise.all(
    directories.map(async (directory) => (await namesAt(directory)).map((name) => join(directory, name))),
  )
  const inDirectories = lists.flat().filter((path) => /\.(?:pem|crt|cer|[0-9])$/.test(path))
  const paths = [...files, ...inDirectories]
  const read = await Promise.all(paths.map(async (path) => await readBytes(path, into)))
  return read.flatMap((bytes) => (bytes === undefined ? [] : pemsIn(bytes)))
}

async function namesAt(directory: string): Promise<string[]> {
  try {
    return await namesIn(directory)
  } catch (error) {
    // Docker's directories are often for root alone; to everybody else there is nothing in them.
    if (['EACCES', 'EPERM', 'ENOTDIR'].includes(codeOf(error) ?? '')) return []
    throw fileError(error, 'look for certificates')
  }
}

/** The authorities that Node trusts, because those that a request names stand in their place. */
async function trustedAnyway(into: ReadFiles): Promise<readonly string[]> {
  const tls = await import('node:tls')
  // Since Node 22.15; before that, what the variable names is to be read by hand.
  if ('getCACertificates' in tls) return (tls.getCACertificates as (type: string) => string[])('default')
  const extra = process.env['NODE_EXTRA_CA_CERTS'] ?? ''
  return [
    ...(tls as { readonly rootCertificates: readonly string[] }).rootCertificates,
    ...(await filesIn({ files: extra === '' ? [] : [extra] }, into)),
  ]
}

/**
 * Reads a file with authorities: PEM, or DER, as Windows writes it.
 *
 * @param files takes what was read
 * @returns PEM, at least one
 * @throws ChartroomError `tls` where it is missing or holds no certificate
 */
export async function readAuthorities(path: string, files: ReadFiles = new Map()): Promise<string[]> {
  const bytes = await readRequired(path, files)
  const pems = pemsIn(bytes)
  if (pems.length > 0) return pems
  const { X509Certificate } = await import('node:crypto')
  try {
    return [new X509Certificate(bytes).toString()]
  } catch (cause) {
    throw new ChartroomError('tls', { message: `${path} holds no certificate.`, path, cause })
  }
}

/** The certificates of a text, one by one: of several in one text Node takes the first. */
function pemsIn(bytes: Buffer): string[] {
  return bytes.toString('latin1').match(/-----BEGIN ([A-Z0-9 ]*CERTIFICATE)-----[^-]+-----END \1-----/g) ?? []
}

async function readPem(path: string, files: ReadFiles): Promise<string> {
  return (await readRequired(path, files)).toString('latin1')
}

async function readRequired(path: string, files: ReadFiles): Promise<Buffer> {
  const bytes = await readBytes(path, files)
  if (bytes !== undefined) return bytes
  throw new ChartroomError('tls', { message: `The certificate or key ${path} does not exist.`, path })
}

async function readBytes(path: string, files: ReadFiles): Promise<Buffer | undefined> {
  try {
    const bytes = await readSmall(path, 1024 * 1024)
    files.set(path, bytes)
    return bytes
  } catch (error) {
    throw fileError(error, 'read the certificate')
  }
}
