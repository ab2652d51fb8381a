import { Readable } from 'node:stream'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  ChartCache,
  listReferrers,
  listTags,
  pushChart,
  Registries,
  saveChart,
} from '../../src/core/index.ts'
import { describe as describeBytes, type Descriptor } from '../../src/core/oci/descriptor.ts'
import { mediaTypes } from '../../src/core/oci/mediaTypes.ts'
import type { RawManifest } from '../../src/core/oci/manifest.ts'
import type { RegistryRepository } from '../../src/core/registry/repository.ts'
import { person } from '../support/commandLine.ts'
import { startDockerRegistry } from '../support/dockerRegistry.ts'
import { localRegistry } from '../support/localRegistry.ts'
import { writeChart } from '../support/sampleChart.ts'
import { temporaryDirectory } from '../support/temporary.ts'

const types = {
  signature: 'application/vnd.cncf.notary.signature',
  sbom: 'application/spdx+json',
  provenance: 'application/vnd.in-toto+json',
} as const

describe.each([
  ['the embedded registry, which has the interface', async () => new URL((await localRegistry()).url).host],
  ['docker-registry 2.8, by the tag that stands in', async () => (await startDockerRegistry()).host],
])('what is attached to a chart at %s', (_what, start) => {
  let reference = ''
  let registries: Registries
  beforeAll(async () => {
    registries = new Registries({ findCredential: () => Promise.resolve(undefined) })
    const host = await start()
    reference = `${host}/team/mychart:1.0.0`
    await pushWithAttachments(registries, reference)
  })

  it('is listed with its kind and size', async () => {
    const attached = await listReferrers(registries, reference)

    expect(attached.map(({ what, artifactType, size }) => [what, artifactType, size]).sort()).toEqual([
      ['provenance', types.provenance, 10],
      ['sbom', types.sbom, 4],
      ['signature', types.signature, 9],
    ])
  })

  it('is no version of the chart', async () => {
    const tags: string[] = []
    for await (const page of listTags(registries, reference)) tags.push(...page)
    expect(tags).toEqual(['1.0.0'])
  })

  it('is printed by the command line, for people and for programs', async () => {
    const { chartroom } = await person()

    const { stdout, exit } = await chartroom(['chart', 'show', 'referrers', reference])
    expect(exit).toBe(0)
    const [header, ...rows] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t').map((cell) => cell.trim()))
    expect(header).toEqual(['KIND', 'TYPE', 'DIGEST', 'SIZE'])
    expect(rows.map(([kind, type, , size]) => [kind, type, size]).sort()).toEqual([
      ['provenance', types.provenance, '10 B'],
      ['sbom', types.sbom, '4 B'],
      ['signature', types.signature, '9 B'],
    ])
    const json = await chartroom(['chart', 'show', 'referrers', reference, '-o', 'json'])
    expect(JSON.parse(json.stdout)).toHaveLength(3)
  })
})

async function pushWithAttachments(registries: Registries, reference: string): Promise<void> {
  const cache = new ChartCache(await temporaryDirectory())
  const chart = await writeChart(await temporaryDirectory(), 'mychart', '1.0.0')
  const { manifestDigest } = await pushChart(
    cache,
    registries,
    (await saveChart(cache, chart, reference)).reference,
  )
  const host = reference.slice(0, reference.indexOf('/'))
  const repository = registries.registry(host).repository('team/mychart')
  const subject = (await repository.resolve(manifestDigest)).descriptor
  const listed: unknown[] = []
  for (const [text, artifactType] of Object.entries(types)) {
    const { descriptor } = await attach(repository, subject, artifactType, text)
    listed.push({ ...descriptor, artifactType })
  }
  const index = rawOf(mediaTypes.index, {
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: listed,
  })
  // As clients do where the registry does not say that it keeps account of it.
  if (!(await hasInterface(host, manifestDigest)))
    await repository.tag(index, manifestDigest.replace(':', '-'))
}

async function hasInterface(host: string, digest: string): Promise<boolean> {
  return (await fetch(`http://${host}/v2/team/mychart/referrers/${digest}`)).status === 200
}

async function attach(
  repository: RegistryRepository,
  subject: Descriptor,
  artifactType: string,
  text: string,
): Promise<RawManifest> {
  const config = await push(repository, 'application/vnd.oci.empty.v1+json', '{}')
  const layer = await push(repository, artifactType, text)
  const manifest = rawOf(mediaTypes.manifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    artifactType,
    config,
    layers: [layer],
    subject,
  })
  await repository.tag(manifest, manifest.descriptor.digest)
  return manifest
}

async function push(repository: RegistryRepository, type: string, text: string): Promise<Descriptor> {
  const bytes = Buffer.from(text)
  const descriptor = describeBytes(type, bytes)
  await repository.push(descriptor, () => Readable.from([bytes]))
  return descriptor
}

function rawOf(mediaType: string, content: unknown): RawManifest {
  const bytes = Buffer.from(JSON.stringify(content))
  return { descriptor: describeBytes(mediaType, bytes), bytes }
}
