import { describe, expect, it } from 'vitest'
import { lookUpTag } from '../../../src/core/index.ts'
import {
  answerError,
  answerJson,
  registriesAt,
  startServer,
  type ScriptedServer,
} from '../registry/scriptedServer.ts'

const digest = `sha256:${'a'.repeat(64)}`

describe('looking up what a push would find', () => {
  it('takes one HEAD where the tag is there', async () => {
    const server = await startServer((_, response) => {
      response.writeHead(200, { 'docker-content-digest': digest }).end()
    })

    expect(await lookUp(server)).toEqual({ kind: 'taken', digest })
    expect(requests(server)).toEqual(['HEAD /v2/myrepo/mychart/manifests/1.0.0'])
  })

  it('finds something there even where the registry does not say what', async () => {
    const server = await startServer((_, response) => {
      response.writeHead(200).end()
    })

    expect(await lookUp(server)).toEqual({ kind: 'taken' })
  })

  it('tells a new tag from a new repository by its tags', async () => {
    const server = await startServer(({ method }, response) => {
      if (method === 'HEAD') response.writeHead(404).end()
      else answerJson(response, { name: 'myrepo/mychart', tags: ['0.9.0'] })
    })

    expect(await lookUp(server)).toEqual({ kind: 'noTag' })
    expect(requests(server)).toEqual([
      'HEAD /v2/myrepo/mychart/manifests/1.0.0',
      'GET /v2/myrepo/mychart/tags/list',
    ])
  })

  it.each([
    ['says so', 404],
    ['has no tags of it', 200],
  ])('knows that there is no repository where the registry %s', async (_, status) => {
    const server = await startServer(({ method }, response) => {
      if (method === 'HEAD') response.writeHead(404).end()
      else if (status === 404) answerError(response, 404, 'NAME_UNKNOWN', 'no')
      else answerJson(response, { name: 'myrepo/mychart', tags: null })
    })

    expect(await lookUp(server)).toEqual({ kind: 'noRepository' })
  })

  it('says why where the registry cannot be asked', async () => {
    const server = await startServer((_, response) => {
      response.writeHead(403).end()
    })

    await expect(lookUp(server)).rejects.toMatchObject({ kind: 'forbidden' })
  })
})

async function lookUp({ host }: ScriptedServer): ReturnType<typeof lookUpTag> {
  return await lookUpTag(registriesAt(host), `${host}/myrepo/mychart:1.0.0`)
}

function requests({ seen }: ScriptedServer): string[] {
  return seen.map(({ method, url }) => `${method} ${url}`)
}
