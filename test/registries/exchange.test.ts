import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { pullChart, pushCharts, saveChart, showManifest, type SavedChart } from '../../src/core/index.ts'
import { bigChart } from '../support/bigChart.ts'
import { startDistribution3, startDockerRegistry, type DockerRegistry } from '../support/dockerRegistry.ts'
import { fixture } from '../support/fixtures.ts'
import { otherClients, type ChartThere, type OtherClient } from '../support/otherClients.ts'
import { distribution3, itWith, type Peer } from '../support/peers.ts'
import { writeChart } from '../support/sampleChart.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { workplace, type Workplace } from '../support/workplace.ts'

type Saved = SavedChart & { readonly hasProvenance: boolean }

const clients = await otherClients()
const docker: Peer = { command: 'docker-registry' }
const registries = [
  { registry: 'docker-registry 2.8', peer: docker, start: startDockerRegistry },
  { registry: 'distribution 3.1', peer: await distribution3(), start: startDistribution3 },
] as const

/** What has come through, of all that should, by client and registry. */
const counts: string[] = []
let place: Workplace

beforeAll(async () => {
  place = await workplace()
})

afterAll(() => {
  console.log(counts.join('\n'))
})

for (const { registry, peer, start } of registries) {
  describe(`ten charts at ${registry}`, () => {
    let server: DockerRegistry
    let charts: readonly Saved[]

    beforeAll(async () => {
      if (peer.missing !== undefined) return
      server = await start()
      charts = await saveTen(place, `${server.host}/ours`)
      const references = charts.map(({ reference }) => reference)
      const outcomes = await pushCharts(place.cache, place.registries, references)
      expect(outcomes.flatMap(({ error }) => error ?? [])).toEqual([])
    })

    for (const client of clients) {
      itWith(client.peer, peer)(`go to ${client.name} and back with the same digests`, async () => {
        const there: string[] = []
        const back: string[] = []
        for (const chart of charts) {
          const directory = await temporaryDirectory()
          if (await isFetched(client, chart, `${server.host}/ours`, directory)) there.push(chart.reference)
          const theirs = `${server.host}/${client.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`
          if (await isSentBack(client, chart, theirs, directory)) back.push(chart.reference)
        }

        counts.push(
          `${registry}, ${client.name}: ${there.length} of ${charts.length} there, ${back.length} of ${charts.length} back`,
        )
        const all = charts.map(({ reference }) => reference)
        expect({ there, back }).toEqual({ there: all, back: all })
      })
    }
  })
}

/** Whether another program finds a chart as it was pushed, byte for byte. */
async function isFetched(
  client: OtherClient,
  chart: Saved,
  parent: string,
  directory: string,
): Promise<boolean> {
  const { manifest, content } = await client.fetch(thereOf(chart, parent), directory)
  return manifest === chart.manifestDigest && content === chart.digest
}

/** Whether a chart that another program sends comes as that program says it is, with the content that it had at first. */
async function isSentBack(
  client: OtherClient,
  chart: Saved,
  parent: string,
  directory: string,
): Promise<boolean> {
  const sent = await client.send(thereOf(chart, parent), directory)
  const { cache, registries: fresh } = await workplace()
  const pulled = await pullChart(cache, fresh, `${parent}/${chart.name}:${chart.version}`)
  const shown = await showManifest(place, `${parent}/${chart.name}:${chart.version}`)
  const keepsProvenance = shown.bytes.toString().includes('provenance') === chart.hasProvenance
  return pulled.manifestDigest === sent.manifest && pulled.digest === chart.digest && keepsProvenance
}

function thereOf({ name, version, hasProvenance }: Saved, parent: string): ChartThere {
  return { parent, name, version, hasProvenance }
}

/** Ten charts under names at a registry: of either format, hand-written, packed by Helm, signed, small and large. */
async function saveTen({ cache }: Workplace, parent: string): Promise<readonly Saved[]> {
  const directory = await temporaryDirectory()
  const folders = ['guide-mychart', 'full-metadata', 'unicode-names', 'subcharts-three'].map((name) => {
    return { path: fixture('charts', name), format: 'legacy' } as const
  })
  const archives = await Promise.all(
    [
      ['helm-3.22.0', 'html-chars-0.1.0.tgz'],
      ['helm-3.22.0', 'subchart-tgz-0.1.0.tgz'],
      ['helm-4.3.1', 'build-metadata-1.0.0-beta.2+exp.sha.5114f85.tgz'],
      ['helm-4.3.1', 'crds-schema-docs-0.1.0.tgz'],
    ].map(async ([helm = '', file = '']) => {
      const path = join(directory, file)
      await cp(fixture('modern', helm, file), path)
      return { path, format: 'modern' } as const
    }),
  )
  const signed = 'crds-schema-docs-0.1.0.tgz.prov'
  await cp(fixture('modern', 'helm-4.3.1', signed), join(directory, signed))
  const generated = [
    { path: await writeChart(directory, 'generated'), format: 'modern' },
    { path: await bigChart(directory, 'large', 4), format: 'legacy' },
  ] as const
  const saved: Saved[] = []
  for (const { path, format } of [...folders, ...archives, ...generated]) {
    const named = await saveChart(cache, path, undefined, { format })
    const reference = `${parent}/${named.name}:${named.version}`
    const chart = await saveChart(cache, path, reference, { format })
    saved.push({ ...chart, hasProvenance: path.endsWith('crds-schema-docs-0.1.0.tgz') })
  }
  return saved
}
