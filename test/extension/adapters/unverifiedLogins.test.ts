import { describe, expect, it } from 'vitest'
import { UnverifiedLogins } from '../../../src/extension/adapters/unverifiedLogins.ts'
import { plainState } from '../plainState.ts'

const host = 'registry.example.com'

describe('a host whose certificate is not verified', () => {
  it('is asked about once, even by two at a time, and again after it was forgotten', async () => {
    const { logins, asked } = answering(true)
    expect(await Promise.all([logins.mayLogIn(host, host), logins.mayLogIn(host, host)])).toEqual([
      true,
      true,
    ])
    expect(await logins.mayLogIn(host, host)).toBe(true)
    expect(asked).toEqual([host])

    await logins.loggedOut('other.example.com')
    expect(await logins.mayLogIn(host, host)).toBe(true)
    expect(asked).toEqual([host])
    await logins.loggedOut('REGISTRY.example.com')
    expect(await logins.mayLogIn(host, host)).toBe(true)
    expect(asked).toEqual([host, host])
  })

  it('is asked about for each registry whose token server it is, until that is logged out or the host verified', async () => {
    const { logins, asked } = answering(true)
    const tokens = 'tokens.example.com'
    const registries = ['one.example.com', 'two.example.com']
    const mayLogIn = async (): Promise<boolean[]> =>
      await Promise.all(registries.map(async (registry) => await logins.mayLogIn(tokens, registry)))
    expect([await mayLogIn(), await mayLogIn()]).toEqual([
      [true, true],
      [true, true],
    ])
    expect(asked).toEqual([`${tokens} for one.example.com`, `${tokens} for two.example.com`])

    await logins.verified('ONE.example.com')
    await logins.loggedOut('ONE.example.com')
    await mayLogIn()
    expect(asked.slice(2)).toEqual([`${tokens} for one.example.com`])

    await logins.verified(tokens)
    await mayLogIn()
    expect(asked.slice(3)).toHaveLength(2)
  })

  it('is asked about again after a refusal', async () => {
    const { logins, asked } = answering(false)

    expect([await logins.mayLogIn(host, host), await logins.mayLogIn(host, host)]).toEqual([false, false])
    expect(asked).toEqual([host, host])
  })

  it('is refused without a question in the course of what nobody has clicked for, unless it was allowed', async () => {
    const { logins, asked } = answering(true)
    const later = async (): Promise<boolean> => {
      await new Promise((resolve) => setImmediate(resolve))
      return await logins.mayLogIn(host, host)
    }

    const [unasked, clicked] = await Promise.all([logins.unasked(later), later()])
    expect([unasked, clicked]).toEqual([false, true])
    expect(asked).toEqual([host])
    expect(await logins.unasked(later)).toBe(true)
  })
})

function answering(answer: boolean): { logins: UnverifiedLogins; asked: string[] } {
  const asked: string[] = []
  const ask = (name: string, registry: string): Promise<boolean> => {
    asked.push(name === registry ? name : `${name} for ${registry}`)
    return Promise.resolve(answer)
  }
  return { logins: new UnverifiedLogins({ state: plainState(), ask }), asked }
}
