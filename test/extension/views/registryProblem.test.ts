import { describe, expect, it } from 'vitest'
import { ChartroomError } from '../../../src/core/base/errors.ts'
import { unauthorized } from '../../../src/core/registry/login/authenticator.ts'
import { catalogueProblem, registryProblem } from '../../../src/extension/views/registryProblem.ts'

describe('a registry that wants its login sent to somebody else', () => {
  it('names whom, so that a person can trust them', () => {
    const error = new ChartroomError('refused', {
      message: 'x.io wants your login to be sent to auth.y.io. It was not sent.',
      host: 'x.io',
      realm: 'auth.y.io',
    })

    expect(catalogueProblem(error, 'x.io')).toMatchObject({ reason: 'realm', realm: 'auth.y.io' })
  })
})

describe('a registry that wants a login', () => {
  it('is told from one that refused the login it was sent', () => {
    const [missing, refused] = [undefined, '~/.docker/config.json'].map((origin) =>
      registryProblem(unauthorized('registry.example.com', undefined, origin), 'registry.example.com'),
    )

    expect(missing).toMatchObject({ reason: 'unauthorized', refusedLogin: false })
    expect(refused).toMatchObject({ reason: 'unauthorized', refusedLogin: true })
  })
})

describe('a registry that is no partner for a secure connection', () => {
  it('is told beside its row by the reason alone', () => {
    const message = 'No secure connection to x.io: its certificate has expired.'
    const error = new ChartroomError('tls', { message, host: 'x.io' })

    expect(catalogueProblem(error, 'x.io')).toMatchObject({
      reason: 'failed',
      message,
      short: 'its certificate has expired',
    })
  })
})
