import { afterAll, describe, expect, it } from 'vitest'
import { formatTable } from '../../src/cli/table.ts'
import { base64, helm32, helm38, Home } from '../core/credentials/home.ts'
import { person, type Person } from '../support/commandLine.ts'
import { holdsSecret } from '../support/planted/search.ts'
import type { Finished } from '../support/run.ts'
import { writeChart } from '../support/sampleChart.ts'
import { password, setUps, user, type SetUp } from './authSetUps.ts'

const verbs = ['login', 'push', 'pull', 'list'] as const
const rows: string[][] = []

afterAll(() => {
  const done = rows.flatMap((cells) => cells.slice(1)).filter((cell) => cell === 'ok').length
  console.log(formatTable([['SET-UP', ...verbs], ...rows], 40).join('\n'))
  console.log(`${done} of ${Object.keys(setUps).length * verbs.length}`)
})

describe('the command line', () => {
  it.each(Object.entries(setUps))('logs in, pushes, pulls and lists: %s', async (name, prepare) => {
    const home = new Home((await person()).home, {})
    const setUp = await prepare(home)
    const someone = await person({
      HOME: home.root,
      PATH: `${home.path('bin')}:${process.env['PATH'] ?? ''}`,
      ...setUp.env,
    })

    const done = await useAll(someone, setUp)

    rows.push([name, ...verbs.map((verb) => done[verb])])
    expect(done).toEqual({ login: 'ok', push: 'ok', pull: 'ok', list: 'ok' })
    await setUp.check?.()
    const { host, keptBy, login = { user, password } } = setUp
    const isToken = login.user === '<token>'
    if (keptBy === 'helper') {
      expect(await home.keychain()).toEqual({ [host]: { Username: login.user, Secret: login.password } })
      expect(holdsSecret(await home.read(helm38))).toBe(false)
    } else {
      const auth = { auth: base64(`${login.user}:${login.password}`) }
      expect(JSON.parse(await home.read(helm32))).toEqual({
        auths: { [host]: isToken ? { identitytoken: login.password } : auth },
      })
    }
  })
})

/** What each verb came to: `ok`, or the first line of its error. */
async function useAll(someone: Person, setUp: SetUp): Promise<Record<(typeof verbs)[number], string>> {
  const { host, flags = [], login: who = { user, password } } = setUp
  const reference = `${host}/team/mychart:1.0.0`
  const chart = await writeChart(someone.work)
  const chartroom = async (...args: string[]): Promise<Finished> =>
    await someone.chartroom([...args, ...flags], { input: who.password })
  const login = outcome(await chartroom('registry', 'login', host, '-u', who.user, '--password-stdin'))
  await someone.chartroom(['chart', 'save', chart, reference])
  const push = outcome(await chartroom('chart', 'push', reference))
  await someone.chartroom(['chart', 'remove', reference])
  const pull = outcome(await chartroom('chart', 'pull', reference))
  const listed = await chartroom('registry', 'list', host)
  const list = listed.exit === 0 && !listed.stdout.includes('team/mychart') ? listed.stdout : outcome(listed)
  return { login, push, pull, list }
}

function outcome({ exit, stderr }: Finished): string {
  return exit === 0 ? 'ok' : (stderr.split('\n')[0] ?? '')
}
