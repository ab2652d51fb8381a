import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startDockerRegistry } from '../support/dockerRegistry.ts'
import { startNamingProxy, type NamingProxy } from '../support/namingProxy.ts'
import { startTokenServer } from '../support/tokenServer.ts'
import { until } from '../support/waiting.ts'
import { openWorkbench, type Workbench } from '../support/workbench.ts'
import { planted } from '../support/planted/secrets.ts'

const registry = 'registry.example.com'
const login = 'login.example.net'
const basic = `Basic ${Buffer.from(`myuser:${planted.password}`).toString('base64')}`

describe('A registry that wants its login sent to a server of another name', () => {
  it('gets it there once a person trusts that server, and the login goes on by itself', async () => {
    const proxy = await startRegistry()
    const workbench = await openWindow(proxy)
    const { quickInput } = workbench

    await workbench.runCommand('Chartroom: Log In…')
    await quickInput.fill(registry)
    await quickInput.choose(registry)
    await titled(workbench, `Log in to ${registry} (2/3)`)
    await quickInput.answer('myuser')
    await titled(workbench, `Log in to ${registry} (3/3)`)
    await quickInput.answer(planted.password)
    await workbench.page.locator('.monaco-dialog-box').waitFor()
    await workbench.screenshot('a login that is wanted elsewhere')
    expect(sentTo(proxy, login)).toEqual([])
    const question = await workbench.answerDialog(`Trust ${login}`)

    expect(question).toContain(`${registry} wants your password sent to ${login}.`)
    await workbench.notification(`Logged in to ${registry}.`)
    expect(sentTo(proxy, login)).toContain(basic)
    await workbench.openView('Registries')
    await workbench.row(registry).waitFor()
    await workbench.expand(registry)
    await until(async () => (await workbench.rows()).some((row) => row.includes('No repositories yet')))
  })

  it('is a row that says so, and is read once the server is trusted there', async () => {
    const proxy = await startRegistry()
    const workbench = await openWindow(proxy)
    await dockerLogin(workbench)

    await workbench.openView('Registries')
    await workbench.expand(registry)
    await until(async () =>
      (await workbench.rows()).some((row) => row.includes(`wants the login sent to ${login}`)),
    )
    await workbench.screenshot('a registry that wants its login sent elsewhere')
    expect(sentTo(proxy, login)).toEqual([])
    await workbench.clickAction('Trust Token Server…', registry)
    await workbench.answerDialog(`Trust ${login}`)

    await until(async () => (await workbench.rows()).some((row) => row.includes('No repositories yet')))
    expect(sentTo(proxy, login)).toContain(basic)
  })
})

/** A registry and its login server, under names of two parties, which the window reaches through a proxy. */
async function startRegistry(): Promise<NamingProxy> {
  const tokens = await startTokenServer({ users: { myuser: planted.password } })
  const { host } = await startDockerRegistry({ token: { ...tokens, realm: `http://${login}/token` } })
  return await startNamingProxy({ [registry]: host, [login]: new URL(tokens.realm).host })
}

async function openWindow(proxy: NamingProxy): Promise<Workbench> {
  return await openWorkbench({
    machineSettings: { 'chartroom.registries': { [registry]: { plainHttp: true } } },
    env: { HTTP_PROXY: proxy.url, http_proxy: proxy.url },
  })
}

/** What a host was told about who somebody is. */
function sentTo(proxy: NamingProxy, host: string): string[] {
  return proxy.requests.flatMap((request) =>
    request.host === host && request.authorization !== undefined ? [request.authorization] : [],
  )
}

async function titled(workbench: Workbench, title: string): Promise<void> {
  await workbench.doing(`waiting for the question ${title}`, () =>
    until(
      async () =>
        (await workbench.quickInput.box.count()) > 0 && (await workbench.quickInput.title()) === title,
    ),
  )
}

/** As `docker login` without a credential helper leaves it. */
async function dockerLogin({ home }: Workbench): Promise<void> {
  await mkdir(join(home, 'docker'), { recursive: true })
  const auth = basic.slice('Basic '.length)
  await writeFile(join(home, 'docker', 'config.json'), JSON.stringify({ auths: { [registry]: { auth } } }))
}
