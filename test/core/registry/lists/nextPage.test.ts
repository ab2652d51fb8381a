import { describe, expect, it } from 'vitest'
import { answerJson, failureOf, registriesAt, startServer, type ScriptedServer } from '../scriptedServer.ts'

const list = '/v2/docker/renovate/tags/list'

describe('after the first page of a list', () => {
  it.each<[string, string | readonly string[], string]>([
    ['as distribution 2.8 writes it', `<${list}?last=a%2Fb&n=1>; rel="next"`, `${list}?last=a%2Fb&n=1`],
    ['a whole address, unquoted', `<http://HOST${list}?n=2&last=b>; rel=next`, `${list}?n=2&last=b`],
    [
      'the second of two links in a header',
      `<${list}?p=1>; rel="prev", <${list}?p=3>; rel="next"`,
      `${list}?p=3`,
    ],
    ['in a second header', [`<${list}?p=1>; rel="prev"`, `<${list}?p=3>; rel="next"`], `${list}?p=3`],
    [
      "JFrog's, which drops the key of the repository",
      '</v2/renovate/tags/list?last=10000&n=10000>; rel="next"',
      `${list}?last=10000&n=10000`,
    ],
    ["JFrog's, which ends in a comma", `<${list}?last=b>; rel="next", `, `${list}?last=b`],
    ['relative to the list, as zot and ACR write it', '<?n=3&last=10>; rel="next"', `${list}?n=3&last=10`],
    ["Quay's", `<${list}?n=100&last=v1.0>; rel="next"`, `${list}?n=100&last=v1.0`],
  ])('the link to the next one is followed: %s', async (_how, link, next) => {
    const server = await pagesWith(link)

    expect(await tagsOf(server)).toEqual(['1.0.0', '2.0.0'])
    // No page size is asked for: ECR refuses large ones, and Artifactory then counts wrongly.
    expect(server.seen.map(({ url }) => url)).toEqual([list, next])
  })

  it.each([
    ['an empty one', '<>; rel="next"'],
    ['the page that was just read', `<${list}>; rel="next"`],
    ['one back only', `<${list}?p=1>; rel="prev"`],
    ['none', ''],
    ['no address', '<http://>; rel="next"'],
  ])('there is no other where the link is %s', async (_how, link) => {
    const server = await pagesWith(link)

    expect(await tagsOf(server)).toEqual(['1.0.0'])
    expect(server.seen).toHaveLength(1)
  })

  it.each([
    ['another host', '<https://evil.example.net/v2/docker/renovate/tags/list?last=b>; rel="next"'],
    ['another host, without a scheme', '<//evil.example.net/v2/x/tags/list>; rel=next'],
    ['another port', '<http://127.0.0.1:1/v2/docker/renovate/tags/list?last=b>; rel="next"'],
    ['another scheme', '<https://HOST/v2/docker/renovate/tags/list?last=b>; rel="next"'],
    ['a private address', '<http://10.0.0.1/v2/x/tags/list>; rel="next"'],
    ['where clouds keep their secrets', '<http://169.254.169.254/latest/meta-data/>; rel="next"'],
    ['another name of this machine', '<http://localhost:PORT/v2/docker/renovate/tags/list>; rel="next"'],
    ['a file', '<file:///etc/passwd>; rel="next"'],
  ])('a link to %s is refused', async (_where, link) => {
    const server = await pagesWith(link)

    const { kind, message } = await failureOf(tagsOf(server))
    expect(kind).toBe('refused')
    expect(message).toContain('which is not followed')
    expect(server.seen).toHaveLength(1)
  })

  it('a page past the end that zot answers with 404 and nothing is the end', async () => {
    const server = await startServer((request, response) => {
      if (request.url === list) answerJson(response, { tags: ['1.0.0'] }, { link: '<?last=9>; rel="next"' })
      else response.writeHead(404).end()
    })

    expect(await tagsOf(server)).toEqual(['1.0.0'])
  })
})

async function pagesWith(link: string | readonly string[]): Promise<ScriptedServer> {
  const server: ScriptedServer = await startServer((request, response) => {
    if (request.url !== list) {
      answerJson(response, { tags: ['2.0.0'] })
      return
    }
    const links = [link].flat().map((each) => filled(each, server.host))
    if (links.join() !== '') response.setHeader('link', links)
    answerJson(response, { tags: ['1.0.0'] })
  })
  return server
}

function filled(link: string, host: string): string {
  return link.replace('HOST', host).replace('PORT', host.slice(host.indexOf(':') + 1))
}

async function tagsOf({ host }: ScriptedServer): Promise<string[]> {
  return await registriesAt(host).registry(host).repository('docker/renovate').tags()
}
