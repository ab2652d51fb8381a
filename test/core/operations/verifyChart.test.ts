import { chmod, cp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { pushChart, removeChart, saveChart, verifyChart, type ChartVerdict } from '../../../src/core/index.ts'
import { surroundings } from '../../../src/core/base/helmHome.ts'
import { hexOf } from '../../../src/core/oci/digest.ts'
import { cleanUp } from '../../support/cleanUp.ts'
import { fixture } from '../../support/fixtures.ts'
import { localRegistry } from '../../support/localRegistry.ts'
import { runOrFail } from '../../support/run.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import { workplace, type Workplace } from '../../support/workplace.ts'

const name = 'crds-schema-docs-0.1.0.tgz'
const reference = 'localhost:5000/signed/crds-schema-docs:0.1.0'
const keyring = fixture('modern', 'keys', 'pubring.gpg')
const otherKeyring = fixture('modern', 'keys', 'other-pubring.gpg')
const signer = {
  signedBy: 'Fixture Signer <signer@example.com>',
  fingerprint: 'D382987A97AF727B9F7CFF2C4A55FDE2A467EDA1',
}

describe('verifying a chart', () => {
  it.each(['3.22.0', '4.3.1'])('that Helm %s signed says who signed it, given the key', async (version) => {
    const place = await saved({ version })

    const verdict = await verifyChart(place, reference, { keyring })

    expect(verdict).toMatchObject({
      provenance: 'verified',
      message: `${reference} is what was signed by Fixture Signer <signer@example.com>.`,
      ...signer,
    })
  })

  it('says without a key ring that it is what was signed, whoever did', async () => {
    const verdict = await verifyChart(await saved(), reference)

    expect(verdict).toMatchObject({
      provenance: 'signed',
      message: `${reference} is what was signed. By whom was not checked; that takes a key ring.`,
    })
    expect(verdict.signedBy).toBeUndefined()
  })

  it('says that it is not signed, with a key ring, too', async () => {
    const place = await workplace()
    await saveChart(place.cache, fixture('charts', 'guide-mychart'), reference)

    const message = `${reference} is not signed.`
    expect(await verifyChart(place, reference)).toMatchObject({ provenance: 'not-signed', message })
    expect(await verifyChart(place, reference, { keyring })).toMatchObject({ provenance: 'not-signed' })
  })

  it('does not take the signature of a key that is not in the key ring', async () => {
    expect(await verdictOf(await saved(), otherKeyring)).toBe(
      'mismatch: the key ring does not have the key 4A55FDE2A467EDA1 that signed it',
    )
  })

  it('sees that the archive is not the one that was signed', async () => {
    const place = await saved({ version: '3.22.0', signatureOf: '4.3.1' })

    expect(await verdictOf(place)).toMatch(
      /^mismatch: the archive should hash to sha256:c5270b1f\w+ but hashes to sha256:3e0d6ebf\w+$/,
    )
    expect(await verdictOf(place, keyring)).toMatch(/^mismatch: the archive should hash/)
  })

  it('sees that the provenance file was changed', async () => {
    const place = await saved({ change: (text) => text.replace('version: 0.1.0', 'version: 0.1.1') })

    expect(await verdictOf(place, keyring)).toBe('mismatch: it was changed after it was signed')
  })

  it.each<[string, (text: string) => string, string]>([
    ['no message', () => 'signed by me\n', 'that is not a signed message'],
    ['empty', () => '', 'that is not a signed message'],
    ['two messages', (text) => `${text}\n${text}`, 'that is not a signed message'],
    ['text before the message', (text) => `files:\n${text}`, 'that is not a signed message'],
    [
      'text among its headers',
      (text) => text.replace('Hash: SHA512', 'Hash: SHA512\nNotDashEscaped: yes'),
      'that is not a signed message',
    ],
    [
      'lines that would need an escape',
      (text) => text.replace('apiVersion: v2', '--- hidden'),
      'that is not a signed message',
    ],
    [
      'another file',
      (text) => text.replace(`${name}: sha256`, 'other-0.1.0.tgz: sha256'),
      `it has no digest for ${name}`,
    ],
    [
      'a digest that is none',
      (text) => text.replace(/sha256:\w+/, 'sha256:../../../etc/passwd'),
      `it has no digest for ${name}`,
    ],
    [
      'YAML that cannot be read',
      (text) => text.replace('files:', 'files: &a [*a, {'),
      `it has no digest for ${name}`,
    ],
    ['no digests', (text) => text.replace('...\nfiles', 'files'), `it has no digest for ${name}`],
  ])('refuses a provenance file that is %s', async (_what, change, problem) => {
    const place = await saved({ change })

    expect(await verdictOf(place)).toBe(`mismatch: ${problem}`)
    expect(await verdictOf(place, keyring)).toBe(`mismatch: ${problem}`)
  })

  it('takes a provenance file with the line ends of Windows', async () => {
    const place = await saved({ change: (text) => text.replaceAll('\n', '\r\n') })

    expect(await verifyChart(place, reference, { keyring })).toMatchObject({ provenance: 'verified' })
  })

  it('reads a key ring of the newer kind, and tells names with odd characters as they are', async () => {
    const signing = await signingHome('Ünï 100% <odd@example.com>')
    const place = await saved({ sign: signing.sign })

    expect(await verifyChart(place, reference, { keyring: signing.keyring })).toMatchObject({
      provenance: 'verified',
      signedBy: 'Ünï 100% <odd@example.com>',
    })
  })

  it('does not take the signature of a key that has expired', async () => {
    const signing = await signingHome('Old <old@example.com>', '20200101T000000')
    const place = await saved({ sign: signing.sign })

    expect(await verdictOf(place, signing.keyring)).toBe('mismatch: the key that signed it has expired')
  })

  it('does it at the registry where the cache does not have the chart, and saves nothing', async () => {
    const { host } = await localRegistry()
    const place = await workplace()
    const remote = `${host}/signed/crds-schema-docs:0.1.0`
    await saveChart(place.cache, fixture('modern', 'helm-4.3.1', name), remote, { format: 'modern' })
    await pushChart(place.cache, place.registries, remote)
    await removeChart(place.cache, remote)

    const verdict = await verifyChart(place, remote, { keyring })

    expect(verdict).toMatchObject({ reference: remote, provenance: 'verified', ...signer })
    expect(await place.cache.names()).toEqual([])
  })

  it('fails where the archive is damaged', async () => {
    const place = await saved()
    const { digest } = await verifyChart(place, reference)
    const blob = join(place.cache.root, 'blobs', 'sha256', hexOf(digest))
    const bytes = await readFile(blob)
    bytes[bytes.length - 20] = 255 - (bytes[bytes.length - 20] ?? 0)
    await writeFile(blob, bytes)

    await expect(verifyChart(place, reference)).rejects.toMatchObject({ kind: 'integrity' })
  })

  it('says what is missing: the key ring, one in binary form, gpg', async () => {
    const place = await saved()
    const search = { around: { ...surroundings(), env: { PATH: place.directory } } }
    const armored = fixture('modern', 'keys', 'pubring.asc')

    const failures = [
      verifyChart(place, reference, { keyring: join(place.directory, 'none.gpg') }),
      verifyChart(place, reference, { keyring: armored }),
      verifyChart(place, reference, { keyring, search }),
    ]

    expect(await Promise.allSettled(failures)).toMatchObject([
      { reason: { kind: 'not-found', message: `There is no key ring at ${place.directory}/none.gpg.` } },
      { reason: { kind: 'unsupported', advice: `Make one of it with: gpg --dearmor ${armored}` } },
      {
        reason: {
          kind: 'unsupported',
          message: 'The signature was not checked: that takes the program gpg, which is not on PATH.',
        },
      },
    ])
  })

  it('runs gpg in an empty home, which is gone afterwards, and touches no key ring', async () => {
    const place = await saved()
    const temporary = await temporaryDirectory()
    const own = join(temporary, 'my key ring; $(touch planted).gpg')
    await cp(keyring, own)

    const verdict = await verifyChart(place, reference, {
      keyring: own,
      search: { around: { ...surroundings(), temporary } },
    })

    expect(verdict.provenance).toBe('verified')
    expect(await readdir(temporary)).toEqual(['my key ring; $(touch planted).gpg'])
    expect(await readFile(own)).toEqual(await readFile(keyring))
  })
})

/** What is wrong, as the verdict says it. */
async function verdictOf(place: Workplace, ring?: string): Promise<string> {
  const { provenance, message }: ChartVerdict = await verifyChart(
    place,
    reference,
    ring === undefined ? {} : { keyring: ring },
  )
  return message
    .replace(`${reference} does not match its provenance file: `, `${provenance}: `)
    .replace(/\.$/, '')
}

interface Signed {
  /** Of the Helm that packed and signed the chart. */
  readonly version?: string
  readonly signatureOf?: string
  readonly change?: (provenance: string) => string
  /** Makes a provenance file of its own text. */
  readonly sign?: (text: string) => Promise<string>
}

/** A cache with a chart that was saved with its provenance file. */
async function saved({
  version = '4.3.1',
  signatureOf = version,
  change,
  sign,
}: Signed = {}): Promise<Workplace> {
  const place = await workplace()
  const archive = join(place.directory, name)
  await cp(fixture('modern', `helm-${version}`, name), archive)
  const provenance = await readFile(fixture('modern', `helm-${signatureOf}`, `${name}.prov`), 'utf8')
  const text = provenance.slice(provenance.indexOf('\n\n') + 2, provenance.indexOf('\n-----BEGIN PGP SIG'))
  const other = sign === undefined ? provenance : await sign(text)
  await writeFile(`${archive}.prov`, change === undefined ? other : change(other))
  await saveChart(place.cache, archive, reference, { format: 'modern' })
  return place
}

/**
 * A home of gpg with a key to sign with.
 * @param time when the key was made, good for a year, and when it signs; by default now
 */
async function signingHome(
  user: string,
  time?: string,
): Promise<{ readonly keyring: string; readonly sign: (text: string) => Promise<string> }> {
  const home = await temporaryDirectory()
  await chmod(home, 0o700)
  const gpg = async (parameters: readonly string[], input = ''): Promise<string> => {
    const always = [
      '--homedir',
      home,
      '--utf8-strings',
      '--batch',
      '--pinentry-mode',
      'loopback',
      '--passphrase',
      '',
    ]
    const then = time === undefined ? [] : ['--faked-system-time', time]
    return (await runOrFail('gpg', [...always, ...then, ...parameters], { input })).stdout
  }
  await gpg(['--quick-generate-key', user, 'ed25519', 'sign', '1y'])
  cleanUp(async () => {
    await runOrFail('gpgconf', ['--homedir', home, '--kill', 'gpg-agent'])
  })
  return {
    keyring: join(home, 'pubring.kbx'),
    sign: async (text) => await gpg(['--clear-sign'], text),
  }
}
