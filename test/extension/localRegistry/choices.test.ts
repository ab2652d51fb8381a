import { describe, expect, it } from 'vitest'
import { choicesOf, hostOf, portOf } from '../../../src/extension/localRegistry/choices.ts'
import { isTaken } from '../../../src/extension/localRegistry/portProbe.ts'
import { takenPort } from '../../support/ports.ts'

describe('the choices of the local registry', () => {
  it.each([
    ['5000', 5000],
    [' 1 ', 1],
    ['65535', 65_535],
    ['65536', undefined],
    ['0', undefined],
    ['', undefined],
    ['5000x', undefined],
    ['-5', undefined],
    ['5e3', undefined],
  ])('read the port %j as %s', (text, expected) => {
    expect(portOf(text)).toBe(expected)
  })

  it('are read back as they were kept, without what does not belong to them', () => {
    expect(choicesOf({ version: 1, how: 'embedded', port: 5000, password: 'x', storage: 7 })).toEqual({
      how: 'embedded',
      port: 5000,
      restart: false,
    })
  })

  it('name the host as references do', () => {
    expect(hostOf({ how: 'embedded', port: 5001, restart: false })).toBe('localhost:5001')
  })

  it('know whether a port is taken', async () => {
    const { port, free } = await takenPort()

    expect(await isTaken(port)).toBe(true)
    await free()
    expect(await isTaken(port)).toBe(false)
  })
})
