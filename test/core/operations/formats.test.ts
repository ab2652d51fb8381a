import { cp, readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  copyChart,
  exportChart,
  listCharts,
  pullChart,
  pushChart,
  saveChart,
} from '../../../src/core/index.ts'
import { Layout } from '../../../src/core/layout/layout.ts'
import { copy } from '../../../src/core/oci/copy.ts'
import { digestOf } from '../../../src/core/oci/digest.ts'
import { fixture } from '../../support/fixtures.ts'
import { localRegistry } from '../../support/localRegistry.ts'
import { filesUnder } from '../../support/tree.ts'
import { workplace } from '../../support/workplace.ts'
import { chartLayerOf } from './chartLayer.ts'
import { serveChart } from './servedChart.ts'

const helms = ['3.22.0', '4.3.1']
const formats = ['legacy', 'modern', 'beta'] as const

interface Artifact {
  readonly tag: string
  readonly digest: string
}

describe('an archive that is saved in the modern format', () => {
  it('has the manifest that Helm 3.22.0 and 4.3.1 push for it, byte for byte', async () => {
    let same = 0
    let all = 0
    for (const helm of helms) {
      for (const [name, { digest }] of Object.entries(await artifactsOf(helm))) {
        all += 1
        const { cache, directory } = await workplace()
        const recorded = await readFile(fixture('modern', `helm-${helm}`, `${name}.manifest.json`))
        const archive = await archiveOf(helm, name, directory)
        const made = /image\.created":"([^"]+)"/.exec(recorded.toString())?.[1] ?? ''
        await utimes(archive, new Date(made), new Date(made))

        const saved = await saveChart(cache, archive, `${name}:1`, { format: 'modern' })

        const manifest = await cache.resolve(`${name}:1`)
        expect(manifest.bytes.toString()).toBe(recorded.toString())
        expect(saved.manifestDigest).toBe(digest)
        expect(saved.digest).toBe(digestOf(await readFile(archive)))
        same += 1
      }
    }
    console.log(`${same} of ${all} modern manifests are those of Helm`)
    expect(all).toBe(14)
  })
})

describe('a chart that Helm pushed', () => {
  it.each(helms.flatMap((helm) => [[helm, 'v2-minimal'] as const, [helm, 'crds-schema-docs'] as const]))(
    'as it came from Helm %s (%s) keeps its manifest through pull and push',
    async (helm, name) => {
      const [first, second] = [await localRegistry(), await localRegistry()]
      const { cache, registries } = await workplace()
      const { digest, tag } = (await artifactsOf(helm))[name] ?? { digest: '', tag: '' }
      const layout = new Layout(fixture('modern', `helm-${helm}`, `${name}-layout`))
      const [from, to] = [`${first.host}/a/${name}:${tag}`, `${second.host}/b/${name}:${tag}`]
      const repository = registries.registry(first.host).repository(`a/${name}`)
      await copy(layout, repository, await layout.resolve(tag), tag, { step: 'pushing', what: name })

      const pulled = await pullChart(cache, registries, from)
      const renamed = await copyChart({ cache, registries }, from, to)
      await pushChart(cache, registries, to)
      const there = await pullChart((await workplace()).cache, registries, to)

      const isSigned = name === 'crds-schema-docs'
      expect(pulled).toMatchObject({ manifestDigest: digest, format: 'modern', signed: isSigned })
      expect([renamed.manifestDigest, there.manifestDigest]).toEqual([digest, digest])
    },
  )
})

describe('a chart of a registry', () => {
  it.each(formats)('in the %s format is pulled, listed, exported and pushed as it is', async (format) => {
    const { host } = await localRegistry()
    const server = await serveChart({ format, files: [{ path: 'chart/values.yaml', content: 'a: 1\n' }] })
    const place = await workplace()

    const pulled = await pullChart(place.cache, place.registries, server.reference)
    const { path } = await exportChart(place.cache, server.reference, join(place.directory, 'out'))
    const copied = await copyChart(place, server.reference, `${host}/a/chart:1.0.0`)
    await pushChart(place.cache, place.registries, copied.reference)

    const { digest } = server.manifest.descriptor
    expect(pulled).toMatchObject({ format, digest: digestOf(server.layer), manifestDigest: digest })
    expect(await listCharts(place.cache)).toMatchObject([{ format }, { format }])
    expect((await filesUnder(path)).length).toBe(2)
    expect(await pullChart((await workplace()).cache, place.registries, copied.reference)).toMatchObject({
      manifestDigest: digest,
    })
  })

  it.each(formats.flatMap((from) => (['legacy', 'modern'] as const).map((to) => [from, to] as const)))(
    'in the %s format has the same archive in the %s one',
    async (from, to) => {
      const server = await serveChart({ format: from })
      const place = await workplace()
      await pullChart(place.cache, place.registries, server.reference)

      const copied = await copyChart(place, server.reference, 'chart:1', { format: to })

      expect(copied).toMatchObject({ format: to, digest: digestOf(server.layer) })
      expect(await chartLayerOf(place.cache, 'chart:1')).toEqual(server.layer)
    },
  )
})

describe('a provenance file of more than a mebibyte', () => {
  const large = Buffer.alloc(1024 * 1024 + 1, 'x')

  it('is not saved', async () => {
    const { cache, directory } = await workplace()
    const archive = await archiveOf('4.3.1', 'mychart', directory)
    await writeFile(`${archive}.prov`, large)

    await expect(saveChart(cache, archive, 'a:1', { format: 'modern' })).rejects.toMatchObject({
      kind: 'too-large',
      message: `${archive}.prov is larger than 1.0 MiB, so it is not read.`,
    })
    expect(await cache.names()).toEqual([])
  })

  it('is not fetched', async () => {
    const server = await serveChart({ format: 'modern', provenance: large })
    const place = await workplace()

    for (const work of [
      pullChart(place.cache, place.registries, server.reference),
      copyChart(place, server.reference, 'localhost:5000/a:1'),
    ]) {
      await expect(work).rejects.toMatchObject({
        kind: 'too-large',
        message: `The provenance of ${server.reference} has 1.0 MiB; the limit is 1.0 MiB. Nothing was fetched.`,
      })
    }
    expect(server.seen.some(({ url }) => url.includes('/blobs/') && url.includes(digestOf(large)))).toBe(
      false,
    )
  })
})

async function artifactsOf(helm: string): Promise<Readonly<Record<string, Artifact>>> {
  const text = await readFile(fixture('modern', `helm-${helm}.json`), 'utf8')
  return (JSON.parse(text) as { artifacts: Record<string, Artifact> }).artifacts
}

/** Copies a recorded archive, with the provenance file where there is one, and gives its new path. */
async function archiveOf(helm: string, name: string, directory: string): Promise<string> {
  const source = fixture('modern', `helm-${helm}`)
  const files = (await readdir(source)).filter((file) => /\.tgz(?:\.prov)?$/.test(file))
  const its = files.filter((file) => file.replace(/-\d.*/, '') === name)
  for (const file of its) await cp(join(source, file), join(directory, file))
  return join(directory, its.find((file) => file.endsWith('.tgz')) ?? '')
}
