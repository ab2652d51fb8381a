import { beforeAll, describe, expect, it } from 'vitest'
import { openUploads, startDockerRegistry, type DockerRegistry } from '../support/dockerRegistry.ts'

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
    const { host } = await startDockerRegistry({ htpasswd: { user: 'myuser', password: 'mypass' } })
    const login = async (password: string): Promise<number> => {
      const authorization = `Basic ${Buffer.from(`myuser:${password}`).toString('base64')}`
      return (await fetch(`http://${host}/v2/`, { headers: { authorization } })).status
    }

    expect([await login('mypass'), await login('wrong')]).toEqual([200, 401])
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
