import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { installVsix } from '../../scripts/vscodeServer.ts'
import { makeCertificates } from '../support/certificates.ts'
import { startDockerRegistry } from '../support/dockerRegistry.ts'
import { filesWith } from '../support/filesWith.ts'
import { startNamingProxy, type NamingProxy } from '../support/namingProxy.ts'
import { packExtension } from '../support/packExtension.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { until } from '../support/waiting.ts'
import { openWorkbench, type Workbench } from '../support/workbench.ts'
import { planted } from '../support/planted/secrets.ts'

const host = 'ghcr.io'
const token = planted.accountToken

/** Where Chartroom is installed, and an extension that signs in to GitHub in the place of the editor's own. */
let extensionsDirectory: string

beforeAll(async () => {
  const home = await temporaryDirectory()
  extensionsDirectory = join(home, 'extensions')
  const github = await packExtension(join(import.meta.dirname, 'extensions', 'github-account'), home)
  const chartroom = join(import.meta.dirname, '..', '..', 'dist', 'chartroom.vsix')
  for (const vsix of [chartroom, github]) {
    await installVsix(vsix, { dataDirectory: join(home, 'data'), extensionsDirectory })
  }
})

describe("GitHub's registry", () => {
  it("takes the editor's GitHub account for a login, which is gone with it, and stores nothing of it", async () => {
    const registry = await startRegistry()
    const workbench = await openWindow(registry)
    const { quickInput } = workbench

    await workbench.runCommand('Chartroom: Log In…')
    await quickInput.fill(host)
    await quickInput.choose(host)
    await quickInput.items.filter({ hasText: 'Sign in with GitHub' }).first().waitFor()
    await workbench.screenshot('the ways into the registry of GitHub')
    await quickInput.choose('to push, too')
    await workbench.answerDialog('Allow')
    await workbench.notification(`Logged in to ${host} with the GitHub account of VS Code.`)
    // The registry lets in nobody else, and nothing goes there that can be read on the way.
    const asked = registry.proxy.requests.filter(({ host: name }) => name === host)
    expect(new Set(asked.map(({ method }) => method))).toEqual(new Set(['CONNECT']))
    await workbench.openView('Registries')
    await shows(workbench, `${host} octocat · from GitHub account`)
    await workbench.screenshot('a registry that is known from a GitHub account')

    await workbench.runCommand('Sign out of the GitHub of the tests')

    await until(async () => !(await workbench.rows()).some((row) => row.includes('octocat')))
    expect(await filesWith(token, workbench.home)).toEqual([])
  })

  it('is left without the account by Log Out…, and the account stays', async () => {
    const workbench = await openWindow(await startRegistry())
    const { quickInput } = workbench
    await workbench.runCommand('Chartroom: Log In…')
    await quickInput.fill(host)
    await quickInput.choose(host)
    await quickInput.choose('to look and to pull')
    await workbench.answerDialog('Allow')
    await workbench.notification(`Logged in to ${host}`)

    await workbench.runCommand('Chartroom: Log Out…')
    await quickInput.choose(host)
    await workbench.notification(`Logged out from ${host}.`)

    await workbench.runCommand('Chartroom: Log In…')
    await quickInput.fill(host)
    await quickInput.choose(host)
    await quickInput.choose('to look and to pull')
    // The editor knows the account still, and that Chartroom may use it.
    await workbench.notification(`Logged in to ${host} with the GitHub account of VS Code.`)
  })
})

interface GithubRegistry {
  readonly proxy: NamingProxy
  readonly authority: string
}

/** A registry that is called as GitHub's, and takes octocat's token as a password. */
async function startRegistry(): Promise<GithubRegistry> {
  const { authority, server } = await makeCertificates([host])
  const htpasswd = { user: 'octocat', password: token }
  const registry = await startDockerRegistry({ htpasswd, tls: server })
  return { proxy: await startNamingProxy({ [host]: registry.host }), authority }
}

async function openWindow({ proxy: { url }, authority }: GithubRegistry): Promise<Workbench> {
  return await openWorkbench({
    extensionsDirectory,
    without: ['github-authentication'],
    machineSettings: { 'chartroom.registries': { [host]: { caFile: authority } } },
    env: { HTTPS_PROXY: url, https_proxy: url, GITHUB_TOKEN_OF_TESTS: token },
  })
}

async function shows(workbench: Workbench, text: string): Promise<void> {
  await workbench.doing(`waiting for the row ${text}`, () =>
    until(async () => (await workbench.rows()).some((row) => row.includes(text))),
  )
}
