import { isUtf8 } from 'node:buffer'
import { ChartroomError } from '../base/errors.ts'
import { isDigest, type Digest } from '../oci/digest.ts'
import { isMap } from './goDecode.ts'
import { parseYaml } from './parseYaml.ts'

/** The archive that a provenance file has to be about. */
export interface SignedArchive {
  /** `NAME-VERSION.tgz`, as `helm package` calls it, whatever it is called now. */
  readonly fileName: string
  /** Its sha256. */
  readonly digest: Digest
}

/**
 * Compares a provenance file with the archive that it travels with. Whether the signature is good is not looked at.
 *
 * Only a file that is nothing but one clear-signed message is taken, so that nobody reads in it what was not signed.
 *
 * @returns what is wrong with it, to follow "it does not match its provenance file: "; `undefined` where nothing is
 * @see https://helm.sh/docs/topics/provenance/ and Helm 3.6.3 pkg/provenance/sign.go
 * @see https://www.rfc-editor.org/rfc/rfc9580#name-cleartext-signature-framewo
 */
export function problemOfProvenance(bytes: Uint8Array, archive: SignedArchive): string | undefined {
  const text = isUtf8(bytes) ? clearText(Buffer.from(bytes).toString()) : undefined
  return text === undefined ? 'that is not a signed message' : problemOfSignedText(text, archive)
}

/**
 * Compares what was signed with the archive: the text holds the Chart.yaml and, behind a line of three dots, the digests
 * of the files.
 *
 * @returns as `problemOfProvenance`
 */
export function problemOfSignedText(text: string, { fileName, digest }: SignedArchive): string | undefined {
  const [, sums] = text.split('\n...\n')
  const signed = sums === undefined ? undefined : digestOf(fileName, sums)
  if (signed === undefined) return `it has no digest for ${fileName}`
  if (signed !== digest) return `the archive should hash to ${signed} but hashes to ${digest}`
  return undefined
}

/** What stands in the frame of a clear-signed message; `undefined` where the text is not exactly one. */
function clearText(message: string): string | undefined {
  const lines = message.trim().split(/\r?\n/)
  const body = lines.indexOf('') + 1
  const signature = lines.indexOf('-----BEGIN PGP SIGNATURE-----')
  const isFramed =
    lines[0] === '-----BEGIN PGP SIGNED MESSAGE-----' &&
    body > 0 &&
    body <= signature &&
    lines.slice(1, body - 1).every((line) => line.startsWith('Hash: ')) &&
    lines.indexOf('-----END PGP SIGNATURE-----') === lines.length - 1
  if (!isFramed) return undefined
  const text = lines.slice(body, signature)
  const isEscaped = text.every((line) => !line.startsWith('-') || line.startsWith('- '))
  return isEscaped ? text.map((line) => line.replace(/^- /, '')).join('\n') : undefined
}

function digestOf(fileName: string, sums: string): Digest | undefined {
  try {
    const place = { chart: fileName, path: 'provenance' }
    const document = parseYaml(Buffer.from(sums), place, { maxAliases: 0 })
    const files = isMap(document) ? document.get('files') : undefined
    const digest = files !== undefined && isMap(files) ? files.get(fileName) : undefined
    return isDigest(digest) ? digest : undefined
  } catch (error) {
    if (error instanceof ChartroomError) return undefined
    throw error
  }
}
