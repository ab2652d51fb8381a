import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { certificate, farCertificate } from '../core/registry/certificate.ts'
import { answerJson, startServer, type Script } from '../core/registry/scriptedServer.ts'
import type { EditorProxyJob, EditorProxyOutcomes } from '../support/editorProxyWorker.ts'
import { startMappingProxy } from '../support/mappingProxy.ts'
import { pemFiles } from '../support/pemFiles.ts'
import { runOrFail } from '../support/run.ts'
import { startTinyproxy } from '../support/tinyproxy.ts'
import { planted } from '../support/planted/secrets.ts'

const far = 'registry.example.test'
const tags: Script = (_request, response) => {
  answerJson(response, { tags: ['1.0.0'] })
}
const login = { user: 'me', password: planted.proxyPassword }

describe.each(['override', 'on', 'fallback', 'off'] as const)(
  'inside VS Code, http.proxySupport being %s',
  (support) => {
    it.each([
      ['without a password', undefined],
      ['with a password', login],
    ])('a proxy %s is gone through or around, and what is set for a host counts', async (_name, wanted) => {
      const { proxy, asked, hosts } = await network(wanted)
      const settings = {
        support,
        proxy: `http://${proxy}`,
        ...(wanted === undefined ? {} : { login: `me:${planted.proxyPassword}` }),
      }

      const outcomes = await editor({ ...settings, hosts })

      const isUsed = support !== 'off'
      const expected = isUsed ? ['1.0.0'] : 'unavailable'
      expect(outcomes).toEqual({
        // The editor logs in where it is to be connected, and not where it hands a request over.
        [`${far}:1`]: isUsed && wanted !== undefined ? 'proxy' : expected,
        [`${far}:2`]: expected,
        [`${far}:3`]: expected,
        [`${far}:4`]: expected,
        // Nobody said that this one is trusted.
        [`${far}:5`]: isUsed ? 'tls' : 'unavailable',
      })
      expect(asked.length > 0).toBe(isUsed)
    })

    it('a host of this machine is spoken to directly, with what is set for it', async () => {
      const { direct } = await network(undefined)

      const outcomes = await editor({ support, proxy: 'http://127.0.0.1:9', hosts: direct })

      expect(Object.values(outcomes)).toEqual([['1.0.0'], ['1.0.0'], ['1.0.0'], ['1.0.0'], 'tls'])
    })

    it('a proxy that refuses the login is what is told', async () => {
      const { proxy, hosts } = await network(login)
      const outcomes = await editor({ support, proxy: `http://${proxy}`, hosts })

      expect(new Set(Object.values(outcomes))).toEqual(new Set([support === 'off' ? 'unavailable' : 'proxy']))
    })
  },
)

/**
 * Registries of plain HTTP, with an authority of their own, with client certificates, with any certificate, and one that
 * nobody trusts; a tinyproxy before those that are far.
 */
async function network(wanted: typeof login | undefined) {
  const [ours, theirs] = [await pemFiles(farCertificate), await pemFiles(certificate)]
  const mutual = (own: typeof certificate, client: typeof certificate) => ({
    ...own,
    ca: client.cert,
    requestCert: true,
    rejectUnauthorized: true,
  })
  const kinds = [
    { far: undefined, near: undefined, options: { plainHttp: true }, nearOptions: { plainHttp: true } },
    {
      far: farCertificate,
      near: certificate,
      options: { caFile: ours.certificate },
      nearOptions: { caFile: theirs.certificate },
    },
    {
      far: mutual(farCertificate, certificate),
      near: mutual(certificate, farCertificate),
      options: { caFile: ours.certificate, clientCert: theirs.certificate, clientKey: theirs.key },
      nearOptions: { caFile: theirs.certificate, clientCert: ours.certificate, clientKey: ours.key },
    },
    {
      far: certificate,
      near: farCertificate,
      options: { insecureSkipVerify: true },
      nearOptions: { insecureSkipVerify: true },
    },
    { far: farCertificate, near: certificate, options: {}, nearOptions: { plainHttp: false } },
  ]
  const ports = new Map<string, number>()
  const hosts: Record<string, EditorProxyJob['hosts'][string]> = {}
  const direct: typeof hosts = {}
  for (const [index, kind] of kinds.entries()) {
    const host = `${far}:${index + 1}`
    ports.set(host, Number((await startServer(tags, kind.far)).host.split(':')[1]))
    hosts[host] = kind.options
    direct[(await startServer(tags, kind.near)).host] = kind.nearOptions
  }
  const upstream = await startMappingProxy({ port: (host) => ports.get(host) })
  const { host: proxy } = await startTinyproxy({
    upstream: upstream.host,
    ...(wanted === undefined ? {} : { login: wanted }),
  })
  return { proxy, asked: upstream.asked, hosts, direct }
}

async function editor(job: EditorProxyJob): Promise<EditorProxyOutcomes> {
  const worker = join(import.meta.dirname, '..', 'support', 'editorProxyWorker.ts')
  const { stdout } = await runOrFail(process.execPath, [worker], { input: JSON.stringify(job) })
  return JSON.parse(stdout) as EditorProxyOutcomes
}
