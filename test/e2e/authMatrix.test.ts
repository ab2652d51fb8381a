import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { expect, it } from 'vitest'
import { formatTable } from '../../src/cli/table.ts'
import type { HostOptions } from '../../src/core/index.ts'
import { Home } from '../core/credentials/home.ts'
import { setUps, user, type SetUp } from '../registries/authSetUps.ts'
import { modes, verbs } from '../support/authMatrixModes.ts'
import type { AuthMatrixJob, AuthMatrixOutcomes, HostSetUp } from '../support/authMatrixWorker.ts'
import { bundleForHost } from '../support/bundleForHost.ts'
import { ownHome } from '../support/ownHome.ts'
import { runOrFail } from '../support/run.ts'
import { writeChart } from '../support/sampleChart.ts'
import { temporaryDirectory } from '../support/temporary.ts'

const project = join(import.meta.dirname, '..', '..')
const throughProxy = ['CONNECT proxy', 'CONNECT proxy, login']

it('an extension host logs in, pushes, pulls and lists at registries of every kind, in each mode of the proxy support', async () => {
  const directory = await temporaryDirectory()
  const prepared = await Promise.all(
    Object.entries(setUps).map(async ([name, prepare]) => {
      const home = new Home(await temporaryDirectory(), {})
      return { name, home, setUp: await prepare(home) }
    }),
  )

  const outcomes = await inHost(directory, prepared)

  const rows = prepared.map(({ name }) => [
    name,
    ...modes.map((mode) => (outcomes[mode]?.[name] ?? []).join(' ')),
  ])
  const asWanted = modes.flatMap((mode) =>
    prepared.flatMap(({ name }) => {
      const wanted = mode === 'off' && throughProxy.includes(name) ? 'unavailable' : 'ok'
      return (outcomes[mode]?.[name] ?? []).filter((outcome) => outcome === wanted)
    }),
  )
  console.log(formatTable([['SET-UP', ...modes], ...rows], 60).join('\n'))
  console.log(`${asWanted.length} of ${prepared.length * modes.length * verbs.length}`)
  expect(asWanted).toHaveLength(prepared.length * modes.length * verbs.length)
  for (const { name, setUp } of prepared) if (!throughProxy.includes(name)) await setUp.check?.()
})

interface Prepared {
  readonly name: string
  readonly home: Home
  readonly setUp: SetUp
}

async function inHost(directory: string, prepared: readonly Prepared[]): Promise<AuthMatrixOutcomes> {
  const out = join(project, 'out', 'authMatrix')
  await bundleForHost([join(import.meta.dirname, '..', 'support', 'authMatrixWorker.ts')], out)
  const [folder, home, job, outcomes] = ['folder', 'home', 'job.json', 'outcomes.json'].map((name) =>
    join(directory, name),
  ) as [string, string, string, string]
  for (const path of [folder, home]) await mkdir(path)
  const content: AuthMatrixJob = {
    setUps: prepared.map(forHost),
    chart: await writeChart(directory),
    directory,
    outcomes,
  }
  await writeFile(job, JSON.stringify(content))
  const runner = join(project, 'test', 'host', 'runVscode.ts')
  const tests = join(out, 'authMatrixWorker.js')
  const args = [runner, `--extensionDevelopmentPath=${project}`, `--extensionTestsPath=${tests}`, folder]
  const [proxy] = prepared.flatMap(({ name, setUp }) =>
    name === withLogin ? [setUp.env?.['HTTPS_PROXY']] : [],
  )
  await runOrFail(process.execPath, args, {
    env: { ...process.env, ...ownHome(home), CHARTROOM_AUTH_MATRIX: job, HTTPS_PROXY: proxy },
  })
  return JSON.parse(await readFile(outcomes, 'utf8')) as AuthMatrixOutcomes
}

/** The proxy that wants a login is the one of the environment: in a setting its password would be in a file. */
const withLogin = 'CONNECT proxy, login'

function forHost({ name, home, setUp }: Prepared): HostSetUp {
  const { host, flags = [], env = {}, login } = setUp
  const proxy = env['HTTPS_PROXY'] ?? env['HTTP_PROXY']
  return {
    name,
    host,
    user: login?.user ?? user,
    options: optionsOf(flags),
    home: home.root,
    path: [home.path('bin'), process.env['PATH'] ?? ''].join(delimiter),
    ...(proxy === undefined || name === withLogin ? {} : { proxy }),
    ...(env['NO_PROXY'] === undefined ? {} : { noProxy: [env['NO_PROXY']] }),
  }
}

/** What the flags of the command line are in the settings. */
function optionsOf(flags: readonly string[]): HostOptions {
  const names: Readonly<Record<string, keyof HostOptions>> = {
    '--ca-file': 'caFile',
    '--cert-file': 'clientCert',
    '--key-file': 'clientKey',
    '--insecure': 'insecureSkipVerify',
    '--plain-http': 'plainHttp',
  }
  return Object.fromEntries(
    flags.flatMap((flag, position) => {
      const name = names[flag]
      if (name === undefined) return []
      return [[name, name === 'insecureSkipVerify' || name === 'plainHttp' ? true : flags[position + 1]]]
    }),
  )
}
