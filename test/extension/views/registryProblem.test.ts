import { describe, expect, it } from 'vitest'
import { unauthorized } from '../../../src/core/registry/authenticator.ts'
import { registryProblem } from '../../../src/extension/views/registryProblem.ts'

describe('a registry that wants a login', () => {
  it('is told from one that refused the login it was sent', () => {
    const [missing, refused] = [undefined, '~/.docker/config.json'].map((origin) =>
      registryProblem(unauthorized('registry.example.com', undefined, origin), 'registry.example.com'),
    )

    expect(missing).toMatchObject({ reason: 'unauthorized', refusedLogin: false })
    expect(refused).toMatchObject({ reason: 'unauthorized', refusedLogin: true })
  })
})
