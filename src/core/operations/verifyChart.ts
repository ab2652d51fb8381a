import type { ChartOptions } from '../chart/limits.ts'
import type { Metadata } from '../chart/metadata.ts'
import type { ProgramSearch } from '../base/findProgram.ts'
import type { Descriptor } from '../oci/descriptor.ts'
import type { LocatedChart } from './openedChart.ts'
import { factsIn } from '../chart/chartFacts.ts'
import { contentFacts, readChartManifest } from '../chart/chartManifest.ts'
import { checkSizes } from '../chart/checkSizes.ts'
import { defaultLimits } from '../chart/limits.ts'
import { problemOfProvenance, problemOfSignedText, type SignedArchive } from '../chart/provenance.ts'
import { checkSignature, requireKeyring } from '../chart/provenanceSignature.ts'
import { readArchive } from '../chart/readArchive.ts'
import { readConfig } from '../chart/readConfig.ts'
import { surroundings } from '../base/helmHome.ts'
import { algorithmOf, Digester, type Digest } from '../oci/digest.ts'
import { readVerified } from '../oci/verify.ts'
import { counted } from '../base/progress.ts'
import { whileDoing } from './failure.ts'
import { findChart, type ChartPlaces, type FindOptions, type FoundChart } from './findChart.ts'

/** Whether a chart is what it says it is. */
export interface ChartVerdict extends LocatedChart {
  readonly manifestDigest: Digest
  /**
   * `not-signed`: no provenance file travels with the chart. `signed`: the one that does is about this very archive; whose
   * signature it has was not checked. `verified`: that was checked, and a key of the key ring made it. `mismatch`: it is
   * about something else, or no key of the key ring made it.
   */
  readonly provenance: 'not-signed' | 'signed' | 'verified' | 'mismatch'
  /** The verdict as a sentence. */
  readonly message: string
  /** Name and address that the key gives its owner; where it is `verified`. */
  readonly signedBy?: string
  /** Of the owner's main key; where it is `verified`. */
  readonly fingerprint?: string
}

export interface VerifyOptions extends ChartOptions, FindOptions {
  /** Path of a key ring with the public keys that count, `.gpg` or `.kbx`. */
  readonly keyring?: string
  /** Where `gpg` is looked for; by default the PATH of this process. */
  readonly search?: ProgramSearch
}

/**
 * Verifies a chart, in the cache or else at its registry: that manifest, config and archive have the digests that they are
 * known by, that Helm can load the archive, and what its provenance file is worth.
 *
 * @throws ChartroomError `integrity`, `not-found`, `archive-unsafe`, … for a chart that is damaged, incomplete or none;
 *   `not-found` for a key ring that is not there, `unsupported` where the signature is to be checked and there is no gpg
 * @see https://helm.sh/docs/topics/provenance/
 */
export async function verifyChart(
  places: ChartPlaces,
  reference: string,
  { keyring, search = { around: surroundings() }, ...options }: VerifyOptions = {},
): Promise<ChartVerdict> {
  return await whileDoing(`verify ${reference}`, async () => {
    if (keyring !== undefined) await requireKeyring(keyring)
    const found = await findChart(places, reference, options)
    const { reference: name, manifest } = found
    const chart = readChartManifest(manifest, name)
    const { config, layer, provenance } = chart
    checkSizes(manifest, options.limits ?? defaultLimits, name)
    await readConfig(found.open(config), config, name)
    const { metadata, archive } = await readLayer(found, layer, options)
    const manifestDigest = manifest.descriptor.digest
    const facts = { reference: name, manifestDigest, ...factsIn(metadata), ...contentFacts(chart) }
    if (provenance === undefined) {
      return { ...facts, provenance: 'not-signed', message: `${name} is not signed.` }
    }
    const bytes = await readVerified(await found.open(provenance)(), provenance, `The provenance of ${name}`)
    const mismatch = (problem: string): ChartVerdict => {
      return {
        ...facts,
        provenance: 'mismatch',
        message: `${name} does not match its provenance file: ${problem}.`,
      }
    }
    const problem = problemOfProvenance(bytes, archive)
    if (problem !== undefined) return mismatch(problem)
    if (keyring === undefined) {
      const message = `${name} is what was signed. By whom was not checked; that takes a key ring.`
      return { ...facts, provenance: 'signed', message }
    }
    const signature = await checkSignature(bytes, keyring, search, options)
    if ('problem' in signature) return mismatch(signature.problem)
    const { signedBy, fingerprint, text } = signature
    const otherwise = problemOfSignedText(text, archive)
    if (otherwise !== undefined) return mismatch(otherwise)
    const message = `${name} is what was signed by ${signedBy}.`
    return { ...facts, provenance: 'verified', message, signedBy, fingerprint }
  })
}

/** Reads the archive to its end, as Helm would, and says what a provenance file has to know about it. */
async function readLayer(
  { open, reference }: FoundChart,
  layer: Descriptor,
  options: ChartOptions,
): Promise<{ readonly metadata: Metadata; readonly archive: SignedArchive }> {
  const digester = algorithmOf(layer.digest) === 'sha256' ? undefined : new Digester()
  const content = async (): Promise<AsyncIterable<Uint8Array>> => watched(await open(layer)())
  async function* watched(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const report = (done: number): void => {
      options.onProgress?.({ step: 'reading', done, total: layer.size })
    }
    for await (const chunk of counted(bytes, report)) {
      digester?.update(chunk)
      yield chunk
    }
  }
  const { metadata } = await readArchive(content, reference, options)
  const fileName = `${metadata.name}-${metadata.version}.tgz`
  return { metadata, archive: { fileName, digest: digester?.digest() ?? layer.digest } }
}
