import { beforeAll, describe, expect, it } from 'vitest'
import { pushChart, saveChart } from '../../src/core/index.ts'
import {
  openUploads,
  startDistribution3,
  startDockerRegistry,
  type DockerRegistry,
} from '../support/dockerRegistry.ts'
import { fixture } from '../support/fixtures.ts'
import { distribution3, itWith } from '../support/peers.ts'
import { workplace } from '../support/workplace.ts'
import { planted } from '../support/planted/secrets.ts'

const compiled = await distribution3()

describe('the docker-registry that tests start', () => {
  let shared: DockerRegistry
  beforeAll(async () => {
    shared = await startDockerRegistry()
  })

  it('answers on its port', async () => {
    const answer = await fetch(`http://${shared.host}/v2/`)

    expect(answer.status).toBe(200)
  })

  it('lets in only whom the htpasswd file names', async () => {
    const { host } = await startDockerRegistry({ htpasswd: { user: 'myuser', password: planted.password } })
    const login = async (password: string): Promise<number> => {
      const authorization = `Basic ${Buffer.from(`myuser:${password}`).toString('base64')}`
      return (await fetch(`http://${host}/v2/`, { headers: { authorization } })).status
    }

    expect([await login(planted.password), await login('wrong')]).toEqual([200, 401])
  })

  it('shows an upload that is open and none after it is cancelled', async () => {
    const opened = await fetch(`http://${shared.host}/v2/team/chart/blobs/uploads/`, { method: 'POST' })
    const whileOpen = await openUploads(shared.storage)
    await fetch(opened.headers.get('location') ?? '', { method: 'DELETE' })

    expect(whileOpen).toEqual([expect.stringMatching(/^team\/chart\/[0-9a-f-]{36}$/)])
    expect(await openUploads(shared.storage)).toEqual([])
  })

  it('is gone after it is stopped', async () => {
    const registry = await startDockerRegistry()
    await registry.stop()

    await expect(fetch(`http://${registry.host}/v2/`)).rejects.toThrow('fetch failed')
  })
})

describe('the distribution 3 that tests start', () => {
  itWith(compiled)('gives lists in pages of the size that it is told', async () => {
    const { host } = await startDistribution3({ catalogPage: 1, tagsPage: 2 })
    const { cache, registries } = await workplace()
    for (const name of ['a/mychart:1', 'a/mychart:2', 'a/mychart:3', 'b/mychart:1']) {
      await saveChart(cache, fixture('charts', 'guide-mychart'), `${host}/${name}`)
      await pushChart(cache, registries, `${host}/${name}`)
    }
    const page = async (list: string): Promise<unknown> =>
      await (await fetch(`http://${host}/v2/${list}`)).json()

    expect(await page('a/mychart/tags/list?n=3')).toMatchObject({ tags: ['1', '2'] })
    expect(await page('_catalog')).toEqual({ repositories: ['a/mychart'] })
  })
})
