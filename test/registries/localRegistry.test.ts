import { copyFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { pullChart, pushChart, saveChart } from '../../src/core/index.ts'
import { digestOf } from '../../src/core/oci/digest.ts'
import { fixture } from '../support/fixtures.ts'
import { localRegistry } from '../support/localRegistry.ts'
import { cleanEnvironment, helm, itWith, skopeo } from '../support/peers.ts'
import { run, runOrFail } from '../support/run.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { workplace } from '../support/workplace.ts'

const [helm3, helm4] = [await helm(3), await helm(4)]
const layout = fixture('modern', 'helm-4.3.1', 'crds-schema-docs-layout')
const archive = fixture('modern', 'helm-4.3.1', 'crds-schema-docs-0.1.0.tgz')

describe('the embedded registry', () => {
  for (const { name, peer } of [
    { name: 'Helm 4.3.1', peer: helm4 },
    { name: 'Helm 3.22.0', peer: helm3 },
  ]) {
    itWith(peer)(`takes a signed chart from ${name} and gives it back, byte for byte`, async () => {
      const { host } = await localRegistry()
      const env = await cleanEnvironment()
      const [source, out] = [await temporaryDirectory(), await temporaryDirectory()]
      for (const suffix of ['', '.prov']) {
        await copyFile(`${archive}${suffix}`, join(source, `crds-schema-docs-0.1.0.tgz${suffix}`))
      }
      const chart = join(source, 'crds-schema-docs-0.1.0.tgz')
      const repository = `oci://${host}/charts/crds-schema-docs`

      const pushed = await runOrFail(peer.command, ['push', chart, `oci://${host}/charts`, '--plain-http'], {
        env,
      })
      const pulled = await runOrFail(
        peer.command,
        ['pull', repository, '--version', '0.1.0', '--plain-http', '--prov', '-d', out],
        { env },
      )

      expect(digestIn(pulled)).toBe(digestIn(pushed))
      for (const suffix of ['', '.prov']) {
        const file = `crds-schema-docs-0.1.0.tgz${suffix}`
        expect(await digestOfFile(join(out, file))).toBe(await digestOfFile(join(source, file)))
      }
    })
  }

  itWith(helm4)('lists versions for Helm 4.3.1, which takes the newest that fits', async () => {
    const { host } = await localRegistry()
    const env = await cleanEnvironment()
    for (const chart of ['build-metadata-1.0.0-beta.2+exp.sha.5114f85.tgz', 'mychart-0.1.0.tgz']) {
      const path = fixture('modern', 'helm-4.3.1', chart)
      await runOrFail(helm4.command, ['push', path, `oci://${host}/charts`, '--plain-http'], { env })
    }
    const shown = await runOrFail(
      helm4.command,
      ['show', 'chart', `oci://${host}/charts/build-metadata`, '--version', '>0.0.0-0', '--plain-http'],
      { env },
    )

    expect(shown.stdout).toContain('version: 1.0.0-beta.2+exp.sha.5114f85')
  })

  itWith(skopeo())('takes a chart from skopeo and gives it back with the same digest', async () => {
    const { host } = await localRegistry()
    const out = join(await temporaryDirectory(), 'layout')
    const reference = `docker://${host}/copied/chart:1.0.0`
    const index = JSON.parse(await readFile(join(layout, 'index.json'), 'utf8')) as {
      manifests: [{ digest: string; annotations: Record<string, string> }]
    }
    const { digest, annotations } = index.manifests[0]
    const tag = annotations['org.opencontainers.image.ref.name'] ?? ''

    await runOrFail('skopeo', ['copy', '--dest-tls-verify=false', `oci:${layout}:${tag}`, reference])
    const raw = await runOrFail('skopeo', ['inspect', '--raw', '--tls-verify=false', reference])
    const tags = await runOrFail('skopeo', [
      'list-tags',
      '--tls-verify=false',
      `docker://${host}/copied/chart`,
    ])
    await runOrFail('skopeo', ['copy', '--src-tls-verify=false', reference, `oci:${out}:${tag}`])

    expect(digestOf(Buffer.from(raw.stdout))).toBe(digest)
    expect(JSON.parse(tags.stdout)).toMatchObject({ Tags: ['1.0.0'] })
    expect(await readFile(join(out, 'index.json'), 'utf8')).toContain(digest)
  })

  itWith(skopeo())(
    'lets skopeo copy from one repository to another, where the blobs are already',
    async () => {
      const { host, url } = await localRegistry()
      const { cache, registries } = await workplace()
      const reference = `${host}/team/mychart:2.7.0`
      const saved = await saveChart(cache, fixture('charts', 'guide-mychart'), reference)
      await pushChart(cache, registries, reference)
      const tls = ['--src-tls-verify=false', '--dest-tls-verify=false']
      await runOrFail('skopeo', [
        'copy',
        ...tls,
        `docker://${reference}`,
        `docker://${host}/other/mychart:2.7.0`,
      ])
      const copied = await fetch(`${url}/v2/other/mychart/manifests/2.7.0`)

      expect(copied.headers.get('docker-content-digest')).toBe(saved.manifestDigest)
    },
  )

  itWith(skopeo())('tells skopeo what is missing', async () => {
    const { host } = await localRegistry()
    const { exit, stderr } = await run('skopeo', [
      'inspect',
      '--tls-verify=false',
      `docker://${host}/no/chart:1`,
    ])

    expect(exit).not.toBe(0)
    expect(stderr).toContain('manifest unknown')
  })

  it('takes a chart from Chartroom and gives it back, by tag and by digest', async () => {
    const { host } = await localRegistry()
    const here = await workplace()
    const reference = `${host}/team/mychart:2.7.0`
    const saved = await saveChart(here.cache, fixture('charts', 'guide-mychart'), reference)
    await pushChart(here.cache, here.registries, reference)

    for (const name of [reference, `${host}/team/mychart@${saved.manifestDigest}`]) {
      const there = await workplace()
      const pulled = await pullChart(there.cache, there.registries, name)
      expect(pulled).toMatchObject({ digest: saved.digest, manifestDigest: saved.manifestDigest })
    }
  })
})

function digestIn({ stdout, stderr }: { stdout: string; stderr: string }): string {
  const digest = /Digest: (sha256:[0-9a-f]{64})/.exec(stdout + stderr)?.[1]
  if (digest === undefined) throw new Error(`There is no digest in what Helm said:\n${stdout}${stderr}`)
  return digest
}

async function digestOfFile(path: string): Promise<string> {
  return digestOf(await readFile(path))
}
