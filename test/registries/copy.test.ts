import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { copyChart, pullChart, pushChart, saveChart, verifyChart } from '../../src/core/index.ts'
import { startCountingProxy } from '../support/countingProxy.ts'
import { openUploads, startDockerRegistry, type DockerRegistry } from '../support/dockerRegistry.ts'
import { fixture } from '../support/fixtures.ts'
import { cleanEnvironment, helm, itWith } from '../support/peers.ts'
import { runOrFail } from '../support/run.ts'
import { workplace, type Workplace } from '../support/workplace.ts'

const helm4 = await helm(4)
const name = 'crds-schema-docs-0.1.0.tgz'
const keyring = fixture('modern', 'keys', 'pubring.gpg')
let registry: DockerRegistry

beforeAll(async () => {
  registry = await startDockerRegistry()
})

describe('a chart that is copied', () => {
  it('within one registry is not sent: the registry takes its blobs over', async () => {
    const proxy = await startCountingProxy(registry.host)
    const { host } = proxy
    const place = await workplace()
    const saved = await saveChart(place.cache, fixture('charts', 'guide-mychart'), `${host}/from/mychart:1`)
    await pushChart(place.cache, place.registries, saved.reference)
    const before = proxy.requests.length

    await copyChart(await workplace(), saved.reference, `${host}/to/mychart:2`)

    const sent = proxy.lines().slice(before)
    expect(sent.filter((line) => line.startsWith('PATCH'))).toEqual([])
    expect(sent.filter((line) => /^POST .*[?&]mount=.* 201$/.test(line))).toHaveLength(2)
    expect(await pullChart(place.cache, place.registries, `${host}/to/mychart:2`)).toMatchObject({
      manifestDigest: saved.manifestDigest,
    })
    expect(await openUploads(registry.storage)).toEqual([])
  })

  it('to another registry has the same digest there, and its provenance is still good', async () => {
    const other = await startDockerRegistry()
    const signed = await pushedWithProvenance(`${registry.host}/signed/crds-schema-docs:0.1.0`)
    const elsewhere = await workplace()

    const copied = await copyChart(elsewhere, signed.reference, `${other.host}/mirror/crds-schema-docs`)
    const verdict = await verifyChart(elsewhere, copied.reference, { keyring })

    expect(verdict).toMatchObject({ manifestDigest: signed.manifestDigest, provenance: 'verified' })
    expect(await elsewhere.cache.names()).toEqual([])
  })

  itWith(helm4)('is verified by Helm 4.3.1 with the key ring, too', async () => {
    const other = await startDockerRegistry()
    const signed = await pushedWithProvenance(`${registry.host}/verified/crds-schema-docs:0.1.0`)
    const place = await workplace()
    await copyChart(place, signed.reference, `${other.host}/mirror/crds-schema-docs`)

    const pulled = await runOrFail(
      helm4.command,
      [
        ...['pull', `oci://${other.host}/mirror/crds-schema-docs`, '--version', '0.1.0', '--plain-http'],
        ...['--verify', '--keyring', keyring, '-d', place.directory],
      ],
      { env: await cleanEnvironment() },
    )

    expect(pulled.stdout + pulled.stderr).toContain('Signed by: Fixture Signer <signer@example.com>')
    expect(pulled.stdout + pulled.stderr).toContain(`Chart Hash Verified: ${signed.digest}`)
  })
})

/** Pushes the chart that Helm 4.3.1 signed. */
async function pushedWithProvenance(
  reference: string,
): Promise<{ readonly reference: string; readonly digest: string; readonly manifestDigest: string }> {
  const { cache, registries, directory }: Workplace = await workplace()
  for (const file of [name, `${name}.prov`]) {
    await cp(fixture('modern', 'helm-4.3.1', file), join(directory, file))
  }
  const saved = await saveChart(cache, join(directory, name), reference, { format: 'modern' })
  await pushChart(cache, registries, reference)
  return saved
}
