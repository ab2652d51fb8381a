import { copyFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { login, pullChart, pushChart, saveChart, writeHtpasswd } from '../../src/core/index.ts'
import { digestOf } from '../../src/core/oci/digest.ts'
import { startDockerRegistry } from '../support/dockerRegistry.ts'
import { fixture } from '../support/fixtures.ts'
import { localRegistry } from '../support/localRegistry.ts'
import { cleanEnvironment, helm, itWith, skopeo } from '../support/peers.ts'
import { run, runOrFail } from '../support/run.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { workplace } from '../support/workplace.ts'
import { planted } from '../support/planted/secrets.ts'

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
    const { digest, name } = await firstOf(layout)

    await runOrFail('skopeo', ['copy', '--dest-tls-verify=false', `oci:${layout}:${name}`, reference])
    const raw = await runOrFail('skopeo', ['inspect', '--raw', '--tls-verify=false', reference])
    const tags = await runOrFail('skopeo', [
      'list-tags',
      '--tls-verify=false',
      `docker://${host}/copied/chart`,
    ])
    await runOrFail('skopeo', ['copy', '--src-tls-verify=false', reference, `oci:${out}:${name}`])

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

describe('the embedded registry behind an htpasswd file', () => {
  itWith(helm4)('is one that Helm 4.3.1 logs in to, pushes to and pulls from', async () => {
    const { host } = await localRegistry(undefined, { htpasswd: await fileOfApache() })
    const env = await cleanEnvironment()
    const out = await temporaryDirectory()
    const chart = fixture('modern', 'helm-4.3.1', 'mychart-0.1.0.tgz')
    const repository = `oci://${host}/charts/mychart`
    const push = ['push', chart, `oci://${host}/charts`, '--plain-http']
    const login = ['registry', 'login', host, '-u', 'myuser', '--password-stdin', '--plain-http']

    const before = await run(helm4.command, push, { env })
    const wrong = await run(helm4.command, login, { env, input: 'other' })
    await runOrFail(helm4.command, login, { env, input: planted.password })
    const pushed = await runOrFail(helm4.command, push, { env })
    const pulled = await runOrFail(
      helm4.command,
      ['pull', repository, '--version', '0.1.0', '--plain-http', '-d', out],
      { env },
    )
    await runOrFail(helm4.command, ['registry', 'logout', host], { env })
    const after = await run(helm4.command, push, { env })

    expect([before, wrong, after].map(({ exit }) => exit)).toEqual([1, 1, 1])
    expect(before.stderr).toContain('basic credential not found')
    expect(digestIn(pulled)).toBe(digestIn(pushed))
    expect(await digestOfFile(join(out, 'mychart-0.1.0.tgz'))).toBe(await digestOfFile(chart))
  })

  itWith(skopeo())('is one that skopeo logs in to, copies to, reads from and deletes from', async () => {
    const { host } = await localRegistry(undefined, { htpasswd: await fileOfApache() })
    const env = await cleanEnvironment()
    const authfile = join(await temporaryDirectory(), 'auth.json')
    const reference = `docker://${host}/copied/chart:1.0.0`
    const { digest, name } = await firstOf(layout)
    const skopeoRun = async (...args: readonly string[]): Promise<ReturnType<typeof run>> =>
      await run('skopeo', args, { env, input: planted.password })
    const here = ['--tls-verify=false', '--authfile', authfile]
    const copy = [
      'copy',
      '--dest-tls-verify=false',
      '--authfile',
      authfile,
      `oci:${layout}:${name}`,
      reference,
    ]

    const before = await skopeoRun(...copy)
    const login = await skopeoRun('login', ...here, '-u', 'myuser', '--password-stdin', host)
    const copied = await skopeoRun(...copy)
    const raw = await skopeoRun('inspect', '--raw', ...here, reference)
    const deleted = await skopeoRun('delete', ...here, reference)
    const after = await skopeoRun('inspect', '--raw', ...here, reference)

    expect([before, login, copied, raw, deleted, after].map(({ exit }) => exit)).toEqual([1, 0, 0, 0, 0, 1])
    expect(before.stderr).toMatch(/unauthorized|authentication required|wants a login/)
    expect(digestOf(Buffer.from(raw.stdout))).toBe(digest)
    expect(after.stderr).toContain('manifest unknown')
  })

  it('is one that Chartroom pushes to and pulls from', async () => {
    const { host } = await localRegistry(undefined, { htpasswd: await fileOfApache() })
    const { cache, registries, credentials } = await workplace()
    const reference = `${host}/team/mychart:2.7.0`
    await saveChart(cache, fixture('charts', 'guide-mychart'), reference)

    await expect(pushChart(cache, registries, reference)).rejects.toMatchObject({ kind: 'unauthorized' })
    await login(registries, credentials, host, { username: 'myuser', password: planted.password })

    await pushChart(cache, registries, reference)
    await expect(pullChart(cache, registries, reference)).resolves.toMatchObject({ reference })
  })
})

describe('an htpasswd file that Chartroom writes', () => {
  it('lets its user, and nobody else, into a real registry', async () => {
    const htpasswdFile = await newFile()
    await writeHtpasswd(htpasswdFile, 'jürgen', 'pa:ss wörd')
    const { host } = await startDockerRegistry({ htpasswdFile })

    expect(await statusOf(host, 'jürgen:pa:ss wörd')).toBe(200)
    expect(await statusOf(host, 'jürgen:pa:ss word')).toBe(401)
    expect(await statusOf(host, 'other:pa:ss wörd')).toBe(401)
  })

  it("is one that Apache's htpasswd verifies", async () => {
    const path = await newFile()
    await writeHtpasswd(path, 'myuser', planted.password)

    expect((await run('htpasswd', ['-vi', path, 'myuser'], { input: planted.password })).exit).toBe(0)
    expect((await run('htpasswd', ['-vi', path, 'myuser'], { input: 'other' })).exit).not.toBe(0)
  })
})

/** A file with the login of the guide, made as the guide says. */
async function fileOfApache(): Promise<string> {
  const path = await newFile()
  await runOrFail('htpasswd', ['-cBi', path, 'myuser'], { input: planted.password })
  return path
}

async function newFile(): Promise<string> {
  return join(await temporaryDirectory(), 'auth.htpasswd')
}

async function statusOf(host: string, login: string): Promise<number> {
  const authorization = `Basic ${Buffer.from(login).toString('base64')}`
  return (await fetch(`http://${host}/v2/`, { headers: { authorization } })).status
}

/** The first manifest of an image layout, and its name there. */
async function firstOf(directory: string): Promise<{ digest: string; name: string }> {
  const index = JSON.parse(await readFile(join(directory, 'index.json'), 'utf8')) as {
    manifests: [{ digest: string; annotations: Record<string, string> }]
  }
  const { digest, annotations } = index.manifests[0]
  return { digest, name: annotations['org.opencontainers.image.ref.name'] ?? '' }
}

function digestIn({ stdout, stderr }: { stdout: string; stderr: string }): string {
  const digest = /Digest: (sha256:[0-9a-f]{64})/.exec(stdout + stderr)?.[1]
  if (digest === undefined) throw new Error(`There is no digest in what Helm said:\n${stdout}${stderr}`)
  return digest
}

async function digestOfFile(path: string): Promise<string> {
  return digestOf(await readFile(path))
}
