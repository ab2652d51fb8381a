import { expect, it } from 'vitest'
import { answerError, failureOf, registriesAt, startServer } from './scriptedServer.ts'

it('a failure names in the middle of its sentence what was asked for', async () => {
  const { host } = await startServer((_request, response) => {
    answerError(response, 403, 'DENIED', 'no')
  })

  expect((await failureOf(registriesAt(host).registry(host).repositories().read())).message).toBe(
    `${host} does not allow this for the catalogue of ${host}: no.`,
  )
})

it('a redirect without an end is said to be of what was asked for', async () => {
  const { host } = await startServer((request, response) => {
    response.writeHead(302, { location: `${request.url ?? ''}x` }).end()
  })

  expect((await failureOf(registriesAt(host).registry(host).repositories().read())).message).toBe(
    `${host} redirects the request for the catalogue of ${host} more than 5 times.`,
  )
})
