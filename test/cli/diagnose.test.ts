import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { load } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import { authority, elsewhere, key } from '../core/registry/diagnosis/certificates.ts'
import { answerJson, startServer } from '../core/registry/scriptedServer.ts'
import { person } from '../support/commandLine.ts'
import { startMappingProxy } from '../support/mappingProxy.ts'
import { anyPort } from '../support/ports.ts'
import { planted } from '../support/planted/secrets.ts'

describe('registry diagnose', () => {
  it('tells every step of a registry that works, and exits with 0', async () => {
    const { host } = await startServer((_request, response) => {
      answerJson(response, { repositories: ['team/chart'] })
    })
    const { chartroom } = await person()

    const { stdout, stderr, exit } = await chartroom(['registry', 'diagnose', host])

    expect(stdout).toContain(`\nThe connection to ${host} works.\n`)
    expect(stdout).toMatch(/^ok +Catalogue +\d+ ms {3}it lists 1 repository$/m)
    expect(stderr).toBe('')
    expect(exit).toBe(0)
  })

  it('exits with the code of the first failure, and gives the same to programs', async () => {
    const host = `127.0.0.1:${await anyPort()}`
    const { chartroom } = await person()

    const human = await chartroom(['registry', 'diagnose', host])
    const json = await chartroom(['registry', 'diagnose', host, '-o', 'json'])
    const yaml = await chartroom(['registry', 'diagnose', host, '-o', 'yaml'])

    expect([human.exit, json.exit, yaml.exit]).toEqual([7, 7, 7])
    expect(human.stdout).toContain(`${host} could not be reached (connection refused).`)
    for (const diagnosis of [JSON.parse(json.stdout), load(yaml.stdout)] as unknown[]) {
      expect(diagnosis).toMatchObject({
        host,
        verdict: { works: false, kind: 'unavailable' },
        steps: expect.arrayContaining([
          expect.objectContaining({ name: 'tcp', state: 'failed', kind: 'unavailable' }),
          expect.objectContaining({ name: 'tls', state: 'notReached' }),
        ]) as unknown,
      })
    }
  })

  it('says of each option whether a flag or the file set it, and from where the login is', async () => {
    const { host } = await startServer((request, response) => {
      if (request.headers.authorization === undefined)
        response.writeHead(401, { 'www-authenticate': 'Basic realm="tests"' }).end()
      else answerJson(response, { repositories: [] })
    })
    const { chartroom, home } = await person()
    await mkdir(join(home, '.config', 'chartroom'), { recursive: true })
    await writeFile(
      join(home, '.config', 'chartroom', 'registries.json'),
      JSON.stringify({ [host]: { requestTimeoutMs: 9000 } }),
    )
    await mkdir(join(home, '.docker'))
    const auth = Buffer.from(`alice:${planted.password}`).toString('base64')
    await writeFile(join(home, '.docker', 'config.json'), JSON.stringify({ auths: { [host]: { auth } } }))

    const { stdout, exit } = await chartroom(['registry', 'diagnose', host, '--plain-http'])

    expect(stdout).toContain('requestTimeoutMs: value 9000, from registries.json\n')
    expect(stdout).toContain('plainHttp: value true, from the command line\n')
    expect(stdout).toContain('user: alice\n')
    expect(stdout).toContain('from: ~/.docker/config.json\n')
    expect(stdout).not.toContain(planted.password)
    expect(stdout).not.toContain(auth)
    expect(exit).toBe(0)
  })

  it('goes through the proxy that is in force, and tells nothing of its login', async () => {
    const server = await startServer(
      (_request, response) => {
        answerJson(response, { repositories: [] })
      },
      { key, cert: elsewhere },
    )
    const port = Number(server.host.slice('127.0.0.1:'.length))
    const proxy = await startMappingProxy({ port, login: 'me:pw-of-proxy' })
    const [insider, stranger, neighbour] = await Promise.all([
      person({ HTTPS_PROXY: `http://me:pw-of-proxy@${proxy.host}` }),
      person({ HTTPS_PROXY: `http://me:wrong-pw@${proxy.host}` }),
      person({ HTTPS_PROXY: `http://${proxy.host}`, NO_PROXY: '.example.com' }),
    ])
    const caFile = join(insider.work, 'ca.pem')
    await writeFile(caFile, authority)
    const diagnose = ['registry', 'diagnose', 'other.example.com', '--ca-file', caFile, '-o', 'json']

    const through = await insider.chartroom(diagnose)
    expect(JSON.parse(through.stdout)).toMatchObject({
      verdict: { works: true },
      steps: expect.arrayContaining([
        expect.objectContaining({ name: 'proxy', facts: { proxy: proxy.host, scheme: 'http' } }),
        expect.objectContaining({ name: 'dns', state: 'warning' }),
        expect.objectContaining({ name: 'tls', state: 'ok' }),
      ]) as unknown,
    })
    expect(through.exit).toBe(0)

    const refused = await stranger.chartroom(diagnose)
    expect(JSON.parse(refused.stdout)).toMatchObject({
      verdict: {
        kind: 'proxy',
        advice: 'Check the address of the proxy, and its login.',
        message: expect.stringContaining(`the proxy ${proxy.host} wants a login`) as string,
      },
    })
    expect(refused.exit).toBe(8)

    expect((await neighbour.chartroom(diagnose.slice(0, 3))).stdout).toMatch(/^ok +Proxy .*NO_PROXY/m)
    for (const { stdout, stderr } of [through, refused])
      expect(stdout + stderr).not.toMatch(/pw-of-proxy|wrong-pw/)
  })

  it('takes a host and nothing else', async () => {
    const { chartroom } = await person()

    expect((await chartroom(['registry', 'diagnose'])).exit).toBe(2)
    expect((await chartroom(['registry', 'diagnose', 'user:secret@host'])).exit).toBe(13)
  })
})
