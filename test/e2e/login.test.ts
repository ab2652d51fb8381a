import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startDockerRegistry, type DockerRegistry } from '../support/dockerRegistry.ts'
import { filesWith } from '../support/filesWith.ts'
import { until } from '../support/waiting.ts'
import { openWorkbench, type Workbench } from '../support/workbench.ts'
import { planted } from '../support/planted/secrets.ts'

const htpasswd = { user: 'myuser', password: planted.password }
const kept = "The login is kept in VS Code's secret storage."

describe('Log In…', () => {
  it('asks for host, user and password, goes back, and asks again where the password is wrong', async () => {
    const { host } = await startDockerRegistry({ htpasswd })
    const workbench = await openWorkbench()
    const { quickInput } = workbench

    await workbench.runCommand('Chartroom: Log In…')
    await titled(workbench, 'Log in to a registry (1/3)')
    await quickInput.fill('not a host')
    await quickInput.items.filter({ hasText: 'is not a host' }).waitFor()
    await quickInput.fill(`http://${host}/v2/`)
    await quickInput.choose(host)
    await titled(workbench, `Log in to ${host} (2/3)`)
    await quickInput.answer('')
    await says(workbench, 'Write a user name.')
    await quickInput.answer('someone')
    await titled(workbench, `Log in to ${host} (3/3)`)
    await quickInput.box.getByRole('button', { name: 'Back' }).click()
    await titled(workbench, `Log in to ${host} (2/3)`)
    expect(await quickInput.input.inputValue()).toBe('someone')
    await quickInput.answer(htpasswd.user)
    await titled(workbench, `Log in to ${host} (3/3)`)
    await quickInput.answer('wrong')
    await says(workbench, `${host} refused this user or password.`)
    await workbench.screenshot('a password that is refused')
    expect(await quickInput.input.getAttribute('type')).toBe('password')
    await quickInput.answer(htpasswd.password)
    await workbench.notification(`Logged in to ${host}. ${kept}`)
    await workbench.screenshot('a login that was accepted')
  })

  it('keeps the login for the next time the window is opened, and shows the host among the registries', async () => {
    const { host } = await startDockerRegistry({ htpasswd })
    const workbench = await openWorkbench()
    await logIn(workbench, host)
    await workbench.notification(`Logged in to ${host}. ${kept}`)

    await workbench.page.reload()
    await workbench.page.locator('.part.statusbar').waitFor()
    await workbench.openView('Registries')

    await workbench.row(host).waitFor()
    await workbench.screenshot('a registry that is known from its login')
  })

  it('leaves what was typed in no setting, no log and no other file', async () => {
    const secret = 'planted0Passw0rd0of0the0tests'
    const { host } = await startDockerRegistry({ htpasswd: { user: 'myuser', password: secret } })
    const workbench = await openWorkbench()
    await toPassword(workbench, host)
    await workbench.quickInput.answer(`${secret}wrong`)
    await says(workbench, `${host} refused this user or password.`)
    await workbench.quickInput.answer(secret)
    await workbench.notification(`Logged in to ${host}. ${kept}`)
    await workbench.openView('Registries')
    await workbench.expand(host)

    expect(await filesWith(secret, workbench.home)).toEqual([])
    expect(await filesWith(host, workbench.home)).not.toEqual([])
  })

  it('says in the box that a registry cannot be reached, and keeps what was typed', async () => {
    const registry = await startDockerRegistry({ htpasswd })
    const { host } = registry
    await registry.stop()
    const workbench = await openWorkbench()

    await toPassword(workbench, host)
    await workbench.quickInput.answer(htpasswd.password)

    await says(workbench, host)
    expect(await workbench.quickInput.input.inputValue()).toBe(htpasswd.password)
    await workbench.screenshot('a login where the registry is down')
    await workbench.quickInput.cancel()
    await until(async () => (await workbench.quickInput.box.count()) === 0)
    expect(await workbench.notifications()).toEqual([])
  })

  it('survives a window that forgets its secrets', async () => {
    const { host } = await startDockerRegistry({ htpasswd })
    const workbench = await openWorkbench()
    // Without it the window encrypts nothing: secrets last until it is loaded again, and then there are none.
    await workbench.page.route('**/mint-key', (route) => route.fulfill({ status: 404 }))
    await logIn(workbench, host)
    await workbench.notification(`Logged in to ${host}.`)

    await workbench.page.reload()
    await workbench.page.locator('.part.statusbar').waitFor()
    await workbench.runCommand('Chartroom: Log Out…')

    await workbench.notification('There is no login that this could be about.')
  })
})

describe('Share Login with Helm…', () => {
  it('says where the login goes and that it is plain text, and moves it there', async () => {
    const { host } = await startDockerRegistry({ htpasswd })
    const workbench = await openWorkbench()
    await logIn(workbench, host)

    await workbench.clickNotificationAction(`Logged in to ${host}.`, 'Share with Helm')
    await workbench.page.locator('.monaco-dialog-box').waitFor()
    await workbench.screenshot('the question before a login is shared')
    const question = await workbench.answerDialog('Share')

    expect(question).toContain(`Share the login for ${host} with Helm?`)
    expect(question).toContain('whoever can read it can use the login')
    await workbench.notification(`The login for ${host} is now kept in ~/helm/cache/registry/config.json.`)
    const file = await readFile(join(workbench.cacheHome, 'registry', 'config.json'), 'utf8')
    expect(JSON.parse(file)).toEqual({
      auths: { [host]: { auth: Buffer.from(`myuser:${planted.password}`).toString('base64') } },
    })
  })
})

describe('Log Out…', () => {
  it('offers the hosts that there is a login for, and forgets it', async () => {
    const { host } = await startDockerRegistry({ htpasswd })
    const workbench = await openWorkbench()
    await logIn(workbench, host)
    await workbench.notification(`Logged in to ${host}.`)

    await workbench.runCommand('Chartroom: Log Out…')
    await titled(workbench, 'Log out from a registry')
    expect(await workbench.quickInput.choices()).toEqual([host])
    await workbench.screenshot('the logins that can be forgotten')
    await workbench.quickInput.choose(host)

    await workbench.notification(`Logged out from ${host}.`)
    await workbench.runCommand('Chartroom: Log Out…')
    await workbench.notification('There is no login that this could be about.')
  })

  it("says whose a login is that is not Chartroom's, and how to end it", async () => {
    const registry = await startDockerRegistry({ htpasswd })
    const workbench = await openWorkbench()
    await dockerLogin(workbench, registry)

    await workbench.runCommand('Chartroom: Log Out…')
    await titled(workbench, 'Log out from a registry')
    await workbench.quickInput.choose(registry.host)

    await workbench.notification(`run "docker logout ${registry.host}" to end it`)
    await workbench.screenshot("a login that is Docker's")
  })
})

async function logIn(workbench: Workbench, host: string): Promise<void> {
  await toPassword(workbench, host)
  await workbench.quickInput.answer(htpasswd.password)
}

async function toPassword(workbench: Workbench, host: string): Promise<void> {
  await workbench.runCommand('Chartroom: Log In…')
  await titled(workbench, 'Log in to a registry (1/3)')
  await workbench.quickInput.fill(host)
  await workbench.quickInput.choose(host)
  await titled(workbench, `Log in to ${host} (2/3)`)
  await workbench.quickInput.answer(htpasswd.user)
  await titled(workbench, `Log in to ${host} (3/3)`)
}

async function titled(workbench: Workbench, title: string): Promise<void> {
  await workbench.doing(`waiting for the question ${title}`, () =>
    until(
      async () =>
        (await workbench.quickInput.box.count()) > 0 && (await workbench.quickInput.title()) === title,
    ),
  )
}

async function says(workbench: Workbench, text: string): Promise<void> {
  await workbench.doing(`waiting for the question to say ${text}`, () =>
    workbench.quickInput.box.locator('.quick-input-message', { hasText: text }).waitFor(),
  )
}

/** As `docker login` without a credential helper leaves it. */
async function dockerLogin({ home }: Workbench, { host }: DockerRegistry): Promise<void> {
  const file = join(home, 'docker', 'config.json')
  await mkdir(dirname(file), { recursive: true })
  const auth = Buffer.from(`${htpasswd.user}:${htpasswd.password}`).toString('base64')
  await writeFile(file, JSON.stringify({ auths: { [host]: { auth } } }))
}
