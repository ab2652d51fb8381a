import { describe, expect, it } from 'vitest'
import { Redactor } from '../../../../src/core/registry/login/redactor.ts'

const login = { username: 'alice', password: 'p@ss word', origin: 'the test' }

describe('what a server says', () => {
  it.each([
    ['the password', 'bad password p@ss word!', 'bad password ***!'],
    ['the password as a query has it', '/login?p=p%40ss%20word', '/login?p=***'],
    [
      'the header',
      `you sent Basic ${Buffer.from('alice:p@ss word').toString('base64')}`,
      'you sent Basic ***',
    ],
    ['the identity token', 'no refresh-me-please here', 'no *** here'],
    ['a token', 'token head.body.signature is expired', 'token *** is expired'],
    ['its signature alone', 'signature of …', '*** of …'],
  ])('is shown without %s', (_, said, shown) => {
    const redactor = new Redactor()
    redactor.learn({ ...login, identityToken: 'refresh-me-please' })
    redactor.learnToken('head.body.signature')

    expect(redactor.clean(said)).toBe(shown)
  })

  it('is shown as it is where it holds no secret, however short a password is', () => {
    const redactor = new Redactor()
    redactor.learn({ ...login, password: 'a' })

    expect(redactor.clean('a repository of alice')).toBe('a repository of alice')
  })

  it('is clean of the newest secrets where there were many', () => {
    const redactor = new Redactor()
    for (let number = 0; number < 1000; number++) redactor.learnToken(`token-number-${number}`)

    expect(redactor.clean('token-number-999')).toBe('***')
  })
})
