import { describe, expect, it } from 'vitest'
import { Notices } from '../../../../src/core/registry/transport/notices.ts'
import { recordingLogger } from '../../../support/recordingLogger.ts'
import { answerJson, registriesAt, startServer } from '../scriptedServer.ts'

describe('what a registry wants its users to know', () => {
  it('is told once, whatever it is asked, and does nothing else', async () => {
    const told = await toldBy([
      '299 - "the tag \\"old\\" goes away", 299 - "so does this"',
      '199 - "not for users"',
    ])

    expect(told).toEqual(['HOST says: the tag "old" goes away', 'HOST says: so does this'])
  })

  it('holds no password that the registry was sent, even where it repeats it', async () => {
    const server = await startServer((request, response) => {
      const said = request.headers.authorization ?? ''
      const pair = Buffer.from(said.replace('Basic ', ''), 'base64').toString()
      response.setHeader('warning', `299 - "you sent ${said}, which is ${pair}"`)
      if (said !== '') answerJson(response, { tags: [] })
      else response.writeHead(401, { 'www-authenticate': 'Basic realm="tests"' }).end()
    })
    const log = recordingLogger()
    const credential = { username: 'myuser', password: 'planted-password' }
    await registriesAt(server.host, { credential }).registry(server.host).repository('team/one').tags({ log })

    const told = log.warnings.join()
    expect(told).toContain('you sent Basic ***')
    expect(told).not.toContain('planted-password')
  })

  it('is listened to up to 4 096 bytes', async () => {
    expect(await toldBy([`299 - "${'x'.repeat(4000)}"`, `299 - "${'y'.repeat(200)}"`])).toHaveLength(1)
  })

  it('is heard no more where a registry says something else with every answer', () => {
    const notices = new Notices((text) => text)
    const log = recordingLogger()

    for (let answer = 0; answer < 1000; answer++) {
      notices.heed({ headers: new Map([['warning', [`299 - "answer ${answer}"`]]]) }, 'HOST', log)
    }

    expect(log.warnings).toHaveLength(100)
    expect(log.warnings.at(-1)).toBe('HOST says: answer 99')
  })

  it.each([['299 registry "by somebody else"'], ['299 - unquoted'], ['299 - ""']])(
    'is nothing where it is not as the specification says: %s',
    async (value) => {
      expect(await toldBy([value])).toEqual([])
    },
  )
})

async function toldBy(warning: readonly string[]): Promise<string[]> {
  const server = await startServer((_request, response) => {
    response.setHeader('warning', [...warning])
    answerJson(response, { tags: [] })
  })
  const log = recordingLogger()
  const repository = registriesAt(server.host).registry(server.host).repository('team/one')
  await repository.tags({ log })
  await repository.tags({ log })
  return log.warnings
    .filter((line) => line.includes(' says: '))
    .map((line) => line.replace(server.host, 'HOST'))
}
