import { beforeAll, describe, expect, it } from 'vitest'
import {
  ChartCache,
  listReferrers,
  listTags,
  pushChart,
  Registries,
  saveChart,
} from '../../src/core/index.ts'
import { attachedTypes, attachToChart, cosignType, signAsCosign } from '../support/attachments.ts'
import { person } from '../support/commandLine.ts'
import { startDockerRegistry } from '../support/dockerRegistry.ts'
import { localRegistry } from '../support/localRegistry.ts'
import { writeChart } from '../support/sampleChart.ts'
import { temporaryDirectory } from '../support/temporary.ts'

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
      ['provenance', attachedTypes.provenance, 10],
      ['sbom', attachedTypes.sbom, 4],
      ['signature', attachedTypes.signature, 9],
      ['signature', cosignType, 16],
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
      ['provenance', attachedTypes.provenance, '10 B'],
      ['sbom', attachedTypes.sbom, '4 B'],
      ['signature', attachedTypes.signature, '9 B'],
      ['signature', cosignType, '16 B'],
    ])
    const json = await chartroom(['chart', 'show', 'referrers', reference, '-o', 'json'])
    expect(JSON.parse(json.stdout)).toHaveLength(4)
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
  await attachToChart(repository, manifestDigest)
  await signAsCosign(repository, manifestDigest)
}
