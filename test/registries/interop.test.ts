import { cp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect } from 'vitest'
import { listCharts, openChart, pullChart, pushChart, removeChart, saveChart } from '../../src/core/index.ts'
import { digestOf, hexOf } from '../../src/core/oci/digest.ts'
import { startDockerRegistry, type DockerRegistry } from '../support/dockerRegistry.ts'
import { fixture } from '../support/fixtures.ts'
import { cleanEnvironment, helm, itWith, skopeo } from '../support/peers.ts'
import { runOrFail } from '../support/run.ts'
import { serveFolder } from '../support/staticSite.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { workplace } from '../support/workplace.ts'

const [helm3, helm4] = [await helm(3), await helm(4)]
let registry: DockerRegistry

beforeAll(async () => {
  registry = await startDockerRegistry()
})

describe('a chart that Chartroom pushed', () => {
  for (const { name, peer } of [
    { name: 'Helm 4.3.1', peer: helm4 },
    { name: 'Helm 3.22.0', peer: helm3 },
  ]) {
    itWith(peer)(`is pulled by ${name}, digest for digest`, async () => {
      const { cache, registries } = await workplace()
      const chart = fixture('charts', 'crds-schema-docs')
      const reference = `${registry.host}/interop/crds-schema-docs:0.1.0`
      const saved = await saveChart(cache, chart, reference)
      await pushChart(cache, registries, reference)
      const out = await temporaryDirectory()

      const pulled = await runOrFail(
        peer.command,
        [
          'pull',
          `oci://${registry.host}/interop/crds-schema-docs`,
          '--version',
          '0.1.0',
          '--plain-http',
          '-d',
          out,
        ],
        { env: await cleanEnvironment() },
      )

      expect(pulled.stdout + pulled.stderr).toContain(`Digest: ${saved.manifestDigest}`)
      expect(digestOf(await readFile(join(out, 'crds-schema-docs-0.1.0.tgz')))).toBe(saved.digest)
    })
  }

  itWith(skopeo())('is copied by skopeo, digest for digest', async () => {
    const { cache, registries } = await workplace()
    const reference = `${registry.host}/interop/mychart:2.7.0`
    const saved = await saveChart(cache, fixture('charts', 'guide-mychart'), reference)
    await pushChart(cache, registries, reference)
    const out = join(await temporaryDirectory(), 'layout')

    const inspected = await runOrFail('skopeo', [
      'inspect',
      '--raw',
      '--tls-verify=false',
      `docker://${reference}`,
    ])
    await runOrFail('skopeo', ['copy', '--src-tls-verify=false', `docker://${reference}`, `oci:${out}:2.7.0`])

    expect(digestOf(Buffer.from(inspected.stdout))).toBe(saved.manifestDigest)
    expect(digestOf(await readFile(join(out, 'blobs', 'sha256', hexOf(saved.digest))))).toBe(saved.digest)
  })
})

describe('a chart that Helm 4.3.1 pushed with its provenance', () => {
  itWith(helm4)('is pulled, listed, opened, and pushed again with the same manifest digest', async () => {
    const { cache, registries } = await workplace()
    const directory = await temporaryDirectory()
    for (const file of ['crds-schema-docs-0.1.0.tgz', 'crds-schema-docs-0.1.0.tgz.prov']) {
      await cp(fixture('modern', 'helm-4.3.1', file), join(directory, file))
    }
    const pushed = await runOrFail(
      helm4.command,
      [
        'push',
        join(directory, 'crds-schema-docs-0.1.0.tgz'),
        `oci://${registry.host}/signed`,
        '--plain-http',
      ],
      { env: await cleanEnvironment() },
    )
    const digest = /Digest: (sha256:[0-9a-f]{64})/.exec(pushed.stdout + pushed.stderr)?.[1]
    const reference = `${registry.host}/signed/crds-schema-docs:0.1.0`

    const pulled = await pullChart(cache, registries, reference)
    const listed = await listCharts(cache)
    const opened = await openChart(cache, reference)

    expect(pulled).toMatchObject({ manifestDigest: digest, format: 'modern', isNewer: true })
    expect(listed).toMatchObject([{ reference, name: 'crds-schema-docs', version: '0.1.0' }])
    expect(opened.files.map(({ path }) => path)).toContain('values.yaml')

    const other = await startDockerRegistry()
    const copied = `${other.host}/signed/crds-schema-docs:0.1.0`
    const manifest = await cache.resolve(reference)
    await cache.tag(manifest, copied)
    await pushChart(cache, registries, copied)
    const again = await workplace()

    expect(await pullChart(again.cache, again.registries, copied)).toMatchObject({ manifestDigest: digest })
  })
})

describe('the migration of the guide', () => {
  itWith(helm3)(
    'stores an archive that Helm 3.22.0 fetched under the digest of index.yaml, and pushes it',
    async () => {
      const { cache, registries, directory } = await workplace()
      const site = await serveFolder(fixture('repository', 'site'))
      const index = await readFile(fixture('repository', 'site', 'index.yaml'), 'utf8')
      const env = await cleanEnvironment()
      await runOrFail(helm3.command, ['repo', 'add', 'classic', site], { env })
      await runOrFail(helm3.command, ['fetch', 'classic/mychart', '--version', '0.10.0', '-d', directory], {
        env,
      })
      const reference = `${registry.host}/migrated/mychart:0.10.0`

      const saved = await saveChart(cache, join(directory, 'mychart-0.10.0.tgz'), reference)
      await pushChart(cache, registries, reference)

      expect(index).toContain(`digest: ${hexOf(saved.digest)}`)
      await removeChart(cache, reference)
      expect(await pullChart(cache, registries, reference)).toMatchObject({ digest: saved.digest })
    },
  )
})
