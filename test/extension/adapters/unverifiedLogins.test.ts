import { describe, expect, it } from 'vitest'
import { UnverifiedLogins } from '../../../src/extension/adapters/unverifiedLogins.ts'
import { plainState } from '../plainState.ts'

const host = 'registry.example.com'

describe('a host whose certificate is not verified', () => {
  it('is asked about once, even by two at a time, and again after it was forgotten', async () => {
    const { logins, asked } = answering(true)
    expect(await Promise.all([logins.mayLogIn(host), logins.mayLogIn(host)])).toEqual([true, true])
    expect(await logins.mayLogIn(host)).toBe(true)
    expect(asked).toEqual([host])

    await logins.forget('other.example.com')
    expect(await logins.mayLogIn(host)).toBe(true)
    expect(asked).toEqual([host])
    await logins.forget('REGISTRY.example.com')
    expect(await logins.mayLogIn(host)).toBe(true)
    expect(asked).toEqual([host, host])
  })

  it('is asked about again after a refusal', async () => {
    const { logins, asked } = answering(false)

    expect([await logins.mayLogIn(host), await logins.mayLogIn(host)]).toEqual([false, false])
    expect(asked).toEqual([host, host])
  })

  it('is refused without a question in the course of what nobody has clicked for, unless it was allowed', async () => {
    const { logins, asked } = answering(true)
    const later = async (): Promise<boolean> => {
      await new Promise((resolve) => setImmediate(resolve))
      return await logins.mayLogIn(host)
    }

    const [unasked, clicked] = await Promise.all([logins.unasked(later), later()])
    expect([unasked, clicked]).toEqual([false, true])
    expect(asked).toEqual([host])
    expect(await logins.unasked(later)).toBe(true)
  })
})

function answering(answer: boolean): { logins: UnverifiedLogins; asked: string[] } {
  const asked: string[] = []
  const ask = (name: string): Promise<boolean> => {
    asked.push(name)
    return Promise.resolve(answer)
  }
  return { logins: new UnverifiedLogins({ state: plainState(), ask }), asked }
}
