import { describe, expect, it } from 'vitest'
import { farCertificate } from '../core/registry/certificate.ts'
import { person } from '../support/commandLine.ts'
import { startDockerRegistry, type DockerRegistryOptions } from '../support/dockerRegistry.ts'
import { startMappingProxy } from '../support/mappingProxy.ts'
import { pemFiles } from '../support/pemFiles.ts'
import { writeChart } from '../support/sampleChart.ts'
import { startTinyproxy } from '../support/tinyproxy.ts'
import { planted } from '../support/planted/secrets.ts'
import { holdsSecret } from '../support/planted/search.ts'

const far = 'registry.example.test'
const login = { user: 'me', password: planted.proxyPassword }

describe('the command line behind tinyproxy', () => {
  it.each([
    ['without a password, over HTTPS', true, undefined, ''],
    ['with a password, over HTTPS', true, login, `me:${planted.proxyPassword}@`],
    ['without a password, over plain HTTP', false, undefined, ''],
    ['with a password, over plain HTTP', false, login, `me:${planted.proxyPassword}@`],
  ])('logs in, pushes, pulls and lists %s', async (_name, isSecure, wanted, address) => {
    const account = { user: 'myuser', password: planted.password }
    const { proxy, asked, flags } = await network(isSecure, wanted, { htpasswd: account })
    const someone = await person({
      HTTPS_PROXY: `http://${address}${proxy}`,
      HTTP_PROXY: `http://${address}${proxy}`,
    })
    await writeChart(someone.work)
    const reference = `${far}/team/mychart:1.0.0`
    await someone.chartroom(['chart', 'save', 'mychart', reference])

    const runs = [
      await someone.chartroom(['registry', 'login', far, '-u', 'myuser', '--password-stdin', ...flags], {
        input: planted.password,
      }),
      await someone.chartroom(['chart', 'push', reference, ...flags]),
      await someone.chartroom(['chart', 'pull', reference, ...flags]),
      await someone.chartroom(['registry', 'list', `${far}/team/mychart`, '--debug', ...flags]),
    ]

    expect(runs.map(({ exit, stderr }) => [exit, exit === 0 ? '' : stderr])).toEqual(runs.map(() => [0, '']))
    expect(runs[3]?.stdout).toContain('1.0.0')
    const printed = runs.map(({ stdout, stderr }) => stdout + stderr).join('')
    expect(holdsSecret(printed)).toBe(false)
    expect(printed).not.toContain('bWU6')
    expect(asked.length).toBeGreaterThanOrEqual(runs.length)
    // A tunnel is for all requests of a command that come one after the other.
    if (isSecure) expect(asked.length).toBeLessThanOrEqual(2 * runs.length)
  })

  it('says what is wrong where the password of the proxy is, and repeats nothing of it', async () => {
    const { proxy, flags } = await network(true, login)
    const someone = await person({ HTTPS_PROXY: `http://me:mistaken@${proxy}` })

    const { exit, stderr } = await someone.chartroom(['registry', 'list', far, '--debug', ...flags])

    expect(exit).toBe(8)
    expect(stderr).toContain(`${far} could not be reached: the proxy ${proxy} wants a login, or another one.`)
    expect(stderr).toContain('Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY.')
    expect(stderr).not.toMatch(/mistaken|bWU6/)
  })

  it('goes around it where NO_PROXY says so', async () => {
    const { proxy, asked } = await network(true, undefined)
    const someone = await person({ HTTPS_PROXY: `http://${proxy}`, NO_PROXY: '.example.test' })

    const { exit } = await someone.chartroom(['registry', 'list', far])

    expect(exit).toBe(7)
    expect(asked).toEqual([])
  })
})

/** A registry that is far, and a tinyproxy on the way to it. */
async function network(
  isSecure: boolean,
  wanted: typeof login | undefined,
  options: DockerRegistryOptions = {},
) {
  const tls = await pemFiles(farCertificate)
  const registry = await startDockerRegistry({ ...options, ...(isSecure ? { tls } : {}) })
  const upstream = await startMappingProxy({ port: Number(registry.host.split(':')[1]) })
  const { host: proxy } = await startTinyproxy({
    upstream: upstream.host,
    ...(wanted === undefined ? {} : { login: wanted }),
  })
  const flags = isSecure ? ['--ca-file', tls.certificate] : ['--plain-http']
  return { proxy, asked: upstream.asked, flags }
}
