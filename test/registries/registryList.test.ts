import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { beforeAll, describe, expect, it } from 'vitest'
import { ChartCache, pushChart, Registries, saveChart } from '../../src/core/index.ts'
import { describe as describeBytes } from '../../src/core/oci/descriptor.ts'
import { encodeManifest } from '../../src/core/oci/manifest.ts'
import type { RegistryRepository } from '../../src/core/registry/repository.ts'
import { person, type Person } from '../support/commandLine.ts'
import { startCountingProxy, type CountingProxy } from '../support/countingProxy.ts'
import { startDockerRegistry } from '../support/dockerRegistry.ts'
import { listenOnLoopback } from '../support/loopback.ts'
import { harborLike } from '../support/harborLike.ts'
import { registryWithoutCatalogue } from '../support/registryWithoutCatalogue.ts'
import { writeChart } from '../support/sampleChart.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { answerError } from '../core/registry/scriptedServer.ts'
import { planted } from '../support/planted/secrets.ts'

const login = { user: 'myuser', password: planted.password }

describe.each([
  ['that is open', undefined],
  ['with htpasswd', login],
])('chartroom registry list, at a registry %s', (_how, htpasswd) => {
  let proxy: CountingProxy
  beforeAll(async () => {
    const registry = await startDockerRegistry(htpasswd === undefined ? {} : { htpasswd })
    proxy = await startCountingProxy(registry.host)
    await fill(proxy.host, htpasswd)
  })

  async function somebody(): Promise<Person> {
    const visitor = await person()
    if (htpasswd === undefined) return visitor
    const { user, password } = htpasswd
    const words = ['registry', 'login', '-u', user, '--password-stdin', proxy.host]
    expect((await visitor.chartroom(words, { input: password })).exit).toBe(0)
    return visitor
  }

  it('lists its repositories', async () => {
    const { chartroom } = await somebody()
    proxy.clear()

    const { stdout, stderr, exit } = await chartroom(['registry', 'list', proxy.host])

    expect({ stderr, exit }).toEqual({ stderr: '', exit: 0 })
    expect(cellsOf(stdout)).toEqual([['REF'], [`${proxy.host}/myrepo/mychart`], [`${proxy.host}/other`]])
    expect(proxy.requests.length).toBeLessThanOrEqual(3)
  })

  it('lists the repositories below a prefix', async () => {
    const { chartroom } = await somebody()

    const { stdout } = await chartroom(['registry', 'list', `${proxy.host}/myrepo/`, '--output', 'json'])

    expect(JSON.parse(stdout)).toEqual([{ reference: `${proxy.host}/myrepo/mychart` }])
  })

  it('lists the versions of a repository, the newest first, charts told from images, with bounded requests', async () => {
    const { chartroom } = await somebody()
    proxy.clear()

    const words = ['registry', 'list', `${proxy.host}/myrepo/mychart`, '--no-trunc']
    const { stdout, stderr, exit } = await chartroom(words)

    expect({ stderr, exit }).toEqual({ stderr: '', exit: 0 })
    const name = `${proxy.host}/myrepo/mychart`
    const digest = expect.stringMatching(/^[0-9a-f]{7}$/) as string
    const size = expect.stringMatching(/^\d+(\.\d)? (B|KiB)$/) as string
    expect(cellsOf(stdout)).toEqual([
      ['REF', 'NAME', 'VERSION', 'APP VERSION', 'DIGEST', 'SIZE'],
      [`${name}:0.10.0`, 'mychart', '0.10.0', '1.0', digest, size],
      [`${name}:0.9.0`, 'mychart', '0.9.0', '1.0', digest, size],
      [`${name}:0.2.0+build`, 'mychart', '0.2.0+build', '1.0', digest, size],
      [`${name}:image`, '<container image>', '', '', digest, size],
    ])
    // One list; of each chart its manifest and its config, of the image its manifest alone.
    const asked = proxy.lines().filter((line) => line.endsWith(' 200'))
    expect(asked.filter((line) => line.includes('/tags/list'))).toHaveLength(1)
    expect(asked.filter((line) => line.includes('/manifests/'))).toHaveLength(4)
    expect(asked.filter((line) => line.includes('/blobs/'))).toHaveLength(3)
  })

  it('prints what programs rely on', async () => {
    const { chartroom } = await somebody()
    const { stdout } = await chartroom(['registry', 'list', `${proxy.host}/myrepo/mychart`, '-o', 'json'])

    const listed = JSON.parse(stdout) as unknown[]
    expect(listed[0]).toMatchObject({
      kind: 'chart',
      reference: `${proxy.host}/myrepo/mychart:0.10.0`,
      name: 'mychart',
      version: '0.10.0',
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string,
      manifestDigest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string,
      size: expect.any(Number) as number,
      format: 'legacy',
    })
    expect(listed.at(-1)).toMatchObject({ kind: 'image', reference: `${proxy.host}/myrepo/mychart:image` })
    const yaml = await chartroom(['registry', 'list', `${proxy.host}/myrepo/mychart`, '-o', 'yaml'])
    expect(yaml.stdout).toContain(`- kind: chart\n  reference: ${proxy.host}/myrepo/mychart:0.10.0\n`)
  })

  it('shortens columns as chart list does', async () => {
    const { chartroom } = await somebody()

    const words = ['registry', 'list', `${proxy.host}/myrepo/mychart`, '--max-col-width', '12']
    expect((await chartroom(words)).stdout.split('\n')[1]).toMatch(/^localhost\.\.\.\t/)
  })

  it('of one version lists that alone', async () => {
    const { chartroom } = await somebody()

    const { stdout } = await chartroom(['registry', 'list', `${proxy.host}/myrepo/mychart:0.9.0`])
    expect(cellsOf(stdout).map(([reference]) => reference)).toEqual([
      'REF',
      `${proxy.host}/myrepo/mychart:0.9.0`,
    ])
  })

  it('exits 4 where there is nothing of that name', async () => {
    const { chartroom } = await somebody()

    const { stdout, stderr, exit } = await chartroom(['registry', 'list', `${proxy.host}/no/such`])
    expect({ stdout, exit }).toEqual({ stdout: '', exit: 4 })
    expect(stderr).toContain('does not have this repository')
  })
})

describe('chartroom registry list, at a registry that lists its repositories as Harbor does', () => {
  it('lists those of every project, with three requests for one, and those of one project', async () => {
    const registry = await startDockerRegistry()
    const projects = { team: ['mychart', 'web'], library: ['nginx'], empty: [] }
    const proxy = await startCountingProxy(await harborLike(registry.host, projects))
    const { host } = proxy
    const { chartroom } = await person()

    const all = await chartroom(['registry', 'list', host, '--plain-http'])
    expect({ stderr: all.stderr, exit: all.exit }).toEqual({ stderr: '', exit: 0 })
    expect(cellsOf(all.stdout).flat()).toEqual([
      'REF',
      `${host}/library/nginx`,
      `${host}/team/mychart`,
      `${host}/team/web`,
    ])
    expect(proxy.lines()).toEqual([
      'GET /v2/_catalog 401',
      'GET /api/v2.0/projects?page_size=100 200',
      'GET /api/v2.0/projects/team/repositories?page_size=100 200',
      'GET /api/v2.0/projects/library/repositories?page_size=100 200',
    ])
    const team = await chartroom(['registry', 'list', `${host}/team`])
    expect(cellsOf(team.stdout).flat()).toEqual(['REF', `${host}/team/mychart`, `${host}/team/web`])
  })
})

describe('chartroom registry list, where things go wrong', () => {
  it('makes a version that cannot be read a row, and a warning', async () => {
    const registry = await startDockerRegistry()
    await fill(registry.host, undefined)
    const server = createServer((request, response) => {
      if (request.url?.endsWith('/manifests/0.9.0') === true)
        answerError(response, 403, 'DENIED', 'not for you')
      else response.writeHead(307, { location: `http://${registry.host}${request.url ?? ''}` }).end()
    })
    const host = `localhost:${await listenOnLoopback(server)}`
    const { chartroom } = await person()

    const { stdout, stderr, exit } = await chartroom(['registry', 'list', `${host}/myrepo/mychart`])

    expect(exit).toBe(0)
    expect(cellsOf(stdout).map(([, name]) => name)).toEqual([
      'NAME',
      'mychart',
      '<forbidden>',
      'mychart',
      '<container image>',
    ])
    expect(stderr).toBe(
      `WARNING: ${host} does not allow this for ${host}/myrepo/mychart:0.9.0: not for you.\n`,
    )
    const json = await chartroom(['registry', 'list', `${host}/myrepo/mychart`, '-o', 'json'])
    expect((JSON.parse(json.stdout) as unknown[])[1]).toMatchObject({ problem: { kind: 'forbidden' } })
  })

  it('lists what is set for the registry and what the cache has where a registry has no list, and exits 5 where nothing is known', async () => {
    const registry = await startDockerRegistry()
    const host = await registryWithoutCatalogue(registry.host)
    const { chartroom, home, work } = await person()

    const nothing = await chartroom(['registry', 'list', host])
    expect(nothing).toEqual({
      stdout: '',
      stderr: `${host} does not list its repositories.\nRun: chartroom registry list ${host}/REPOSITORY\n`,
      exit: 5,
    })

    const file = join(home, '.config', 'chartroom', 'registries.json')
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, JSON.stringify({ [host]: { repositories: ['team/web'] } }))
    await chartroom(['chart', 'save', await writeChart(work, 'mychart', '1.0.0'), `${host}/team/mychart`])
    const known = await chartroom(['registry', 'list', host])
    expect(known.exit).toBe(0)
    expect(cellsOf(known.stdout)).toEqual([['REF'], [`${host}/team/mychart`], [`${host}/team/web`]])
    expect(known.stderr).toContain(
      `What is listed is what is known without its list. Run: chartroom registry list ${host}/REPOSITORY\n`,
    )
  })

  it('exits 3 where a login is missing, and says which command logs in', async () => {
    const { host } = await startDockerRegistry({ htpasswd: login })
    const { chartroom } = await person()

    const { stderr, exit } = await chartroom(['registry', 'list', host])
    expect(exit).toBe(3)
    expect(stderr).toContain(`Run: chartroom registry login ${host}`)
  })

  it('exits 13 for what is no place in a registry', async () => {
    const { chartroom } = await person()

    expect(await chartroom(['registry', 'list', 'localhost:5000/My/Chart'])).toMatchObject({ exit: 13 })
    expect(await chartroom(['registry', 'list', 'me:secret@localhost:5000'])).toMatchObject({ exit: 13 })
    expect(await chartroom(['registry', 'list'])).toMatchObject({ exit: 2 })
  })
})

function cellsOf(table: string): string[][] {
  return table
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t').map((cell) => cell.trimEnd()))
}

async function fill(host: string, htpasswd: typeof login | undefined): Promise<void> {
  const credential =
    htpasswd === undefined
      ? undefined
      : { username: htpasswd.user, password: htpasswd.password, origin: 'the test' }
  const registries = new Registries({ findCredential: () => Promise.resolve(credential) })
  const cache = new ChartCache(await temporaryDirectory())
  for (const [name, version] of [
    ['myrepo/mychart', '0.9.0'],
    ['myrepo/mychart', '0.10.0'],
    ['myrepo/mychart', '0.2.0+build'],
    ['other', '1.0.0'],
  ] as const) {
    const chart = await writeChart(await temporaryDirectory(), name.split('/').at(-1) ?? name, version)
    const { reference } = await saveChart(cache, chart, `${host}/${name}:${version}`)
    await pushChart(cache, registries, reference)
  }
  await pushImage(registries.registry(host).repository('myrepo/mychart'))
}

async function pushImage(repository: RegistryRepository): Promise<void> {
  const bytes = Buffer.from('{}')
  const config = describeBytes('application/vnd.oci.image.config.v1+json', bytes)
  await repository.push(config, () => Readable.from([bytes]))
  await repository.tag(encodeManifest({ config, layers: [] }), 'image')
}
