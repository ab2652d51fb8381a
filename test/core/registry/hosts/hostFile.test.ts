import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Surroundings } from '../../../../src/core/base/helmHome.ts'
import { hostFile, readHostFile } from '../../../../src/core/registry/hosts/hostFile.ts'
import { temporaryDirectory } from '../../../support/temporary.ts'

const person: Surroundings = { env: {}, platform: 'linux', home: '/home/me', temporary: '/tmp' }

describe('the file with the settings of registries', () => {
  it.each<[string, Partial<Surroundings>, string]>([
    ['Linux', {}, '/home/me/.config/chartroom/registries.json'],
    ['XDG', { env: { XDG_CONFIG_HOME: '/etc/me' } }, '/etc/me/chartroom/registries.json'],
    ['an empty variable', { env: { XDG_CONFIG_HOME: '' } }, '/home/me/.config/chartroom/registries.json'],
    [
      'macOS',
      { platform: 'darwin', home: '/Users/me' },
      '/Users/me/Library/Preferences/chartroom/registries.json',
    ],
    [
      'Windows',
      { platform: 'win32', env: { APPDATA: 'C:\\Users\\me\\Roaming' } },
      'C:\\Users\\me\\Roaming\\chartroom\\registries.json',
    ],
  ])('has its place beside where Helm has its own: %s', (_name, around, expected) => {
    expect(hostFile({ ...person, ...around })).toBe(expected)
  })

  it('is read with paths from the home directory', async () => {
    const { settings, problems } = await read(
      '\uFEFF{ "a.io": { "caFile": "~/ca.pem", "clientKey": "k.pem" } }',
    )

    expect(settings).toEqual([
      ['a.io', { options: { caFile: '/home/me/ca.pem', clientKey: '/home/me/k.pem' }, pinned: [] }],
    ])
    expect(problems).toEqual([])
  })

  it.each(['', '  \n', '{}', ' {\n} '])('may be empty: %j', async (text) => {
    expect(await read(text)).toMatchObject({ settings: [], problems: [] })
  })

  it('may be missing', async () => {
    const problems: string[] = []
    const path = join(await temporaryDirectory(), 'registries.json')

    expect([...(await readHostFile(path, person, (problem) => problems.push(problem)))]).toEqual([])
    expect(problems).toEqual([])
  })

  it.each([
    ['{\n"a.io": {\n"plainHttp": true "x" } }', 'it is not valid JSON (line 3)'],
    ['["a.io"]', 'it is not a JSON object'],
  ])('counts as empty where it is damaged, which is told: %j', async (text, reason) => {
    const { path, settings, problems } = await read(text)

    expect(settings).toEqual([])
    expect(problems).toEqual([`${path} is passed over: ${reason}.`])
  })

  it('is no reason to fail where a directory is in its place', async () => {
    const problems: string[] = []
    const path = await temporaryDirectory()

    expect([...(await readHostFile(path, person, (problem) => problems.push(problem)))]).toEqual([])
    expect(problems).toEqual([expect.stringContaining(`${path} is passed over: `)])
  })
})

async function read(text: string) {
  const path = join(await temporaryDirectory(), 'registries.json')
  await writeFile(path, text)
  const problems: string[] = []
  const settings = [...(await readHostFile(path, person, (problem) => problems.push(problem)))]
  return { path, settings, problems }
}
