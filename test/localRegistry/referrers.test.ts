import { beforeEach, describe, expect, it } from 'vitest'
import { describe as descriptorOf, type Descriptor } from '../../src/core/oci/descriptor.ts'
import { digestOf } from '../../src/core/oci/digest.ts'
import { mediaTypes } from '../../src/core/oci/mediaTypes.ts'
import { localRegistry, outcome, pushBlob, pushSmall, putManifest } from '../support/localRegistry.ts'

const empty = Buffer.from('{}')
const signature = 'application/vnd.example.signature'

describe('the referrers of a manifest at the embedded registry', () => {
  let url: string
  let subject: Descriptor
  beforeEach(async () => {
    ;({ url } = await localRegistry())
    subject = (await pushSmall(url, 'team/chart', '1.0.0')).descriptor
    await pushBlob(url, 'team/chart', empty)
  })

  it('are none at first, as an empty index', async () => {
    const answer = await fetch(`${url}/v2/team/chart/referrers/${subject.digest}`)

    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, mediaTypes.index])
    expect(await answer.json()).toEqual({ schemaVersion: 2, mediaType: mediaTypes.index, manifests: [] })
  })

  it('are the manifests that name it, with type and annotations', async () => {
    const annotations = { 'org.example.by': 'me' }
    const signed = await push({ artifactType: signature, annotations })

    expect(signed.subject).toBe(subject.digest)
    expect(await referrers()).toEqual([{ ...signed.descriptor, artifactType: signature, annotations }])
  })

  it('have the type of their config where they name none', async () => {
    const { descriptor } = await push({}, 'application/vnd.example.config')

    expect(await referrers()).toEqual([{ ...descriptor, artifactType: 'application/vnd.example.config' }])
  })

  it('may be indexes, which need no type', async () => {
    const { descriptor } = await put({ mediaType: mediaTypes.index, manifests: [subject], subject })

    expect(await referrers()).toEqual([descriptor])
  })

  it('are told by type where the client asks, and the answer says so', async () => {
    const { descriptor } = await push({ artifactType: signature })
    await push({ artifactType: 'application/vnd.example.sbom' })
    const answer = await fetch(`${url}/v2/team/chart/referrers/${subject.digest}?artifactType=${signature}`)

    expect(answer.headers.get('oci-filters-applied')).toBe('artifactType')
    expect(await answer.json()).toMatchObject({ manifests: [{ digest: descriptor.digest }] })
    expect(
      (await fetch(`${url}/v2/team/chart/referrers/${subject.digest}`)).headers.get('oci-filters-applied'),
    ).toBe(null)
  })

  it('may come before what they are about', async () => {
    const later = descriptorOf(mediaTypes.manifest, Buffer.from('later'))
    const early = await push({ artifactType: signature, subject: later })

    expect(early.subject).toBe(later.digest)
    expect(await referrers(later.digest)).toMatchObject([{ digest: early.descriptor.digest }])
  })

  it('are gone when they are deleted, and stay when what they are about is', async () => {
    const [one, two] = [await push({ artifactType: signature }), await push({ artifactType: 'text/plain' })]
    for (const { digest } of [subject, one.descriptor]) {
      await fetch(`${url}/v2/team/chart/manifests/${digest}`, { method: 'DELETE' })
    }

    expect(await referrers()).toMatchObject([{ digest: two.descriptor.digest }])
  })

  it('of another repository are none of its own', async () => {
    await push({ artifactType: signature })

    expect(await referrers(subject.digest, 'team/other')).toEqual([])
  })

  it('cannot name something that is no descriptor', async () => {
    await expect(push({ subject: { digest: 'sha256:abc' } })).rejects.toThrow('400 MANIFEST_INVALID')
  })

  it('cannot be asked for by something that is no digest', async () => {
    expect(await outcome(fetch(`${url}/v2/team/chart/referrers/1.0.0`))).toBe('400 DIGEST_INVALID')
  })

  it('is not what a manifest without a subject is told', async () => {
    const { subject: told } = await push({ subject: undefined })

    expect(told).toBe(null)
  })

  async function push(
    fields: Record<string, unknown>,
    configType = 'application/vnd.oci.empty.v1+json',
  ): ReturnType<typeof put> {
    const config = descriptorOf(configType, empty)
    return await put({ mediaType: mediaTypes.manifest, config, layers: [config], subject, ...fields })
  }

  async function put(
    document: Record<string, unknown> & { readonly mediaType: string },
  ): Promise<{ descriptor: Descriptor; subject: string | null }> {
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, ...document }))
    const descriptor = descriptorOf(document.mediaType, bytes)
    const answer = await putManifest(url, 'team/chart', digestOf(bytes), { descriptor, bytes })
    if (answer.status !== 201) throw new Error(await outcome(answer))
    return { descriptor, subject: answer.headers.get('oci-subject') }
  }

  async function referrers(digest: string = subject.digest, repository = 'team/chart'): Promise<unknown> {
    const answer = await fetch(`${url}/v2/${repository}/referrers/${digest}`)
    return ((await answer.json()) as { manifests: unknown }).manifests
  }
})
