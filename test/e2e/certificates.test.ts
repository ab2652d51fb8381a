import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeCertificates } from '../support/certificates.ts'
import { startDockerRegistry, type DockerRegistry } from '../support/dockerRegistry.ts'
import { addManyTags } from '../support/manyRepositories.ts'
import { showsRow } from '../support/showsRow.ts'
import { exactly } from '../support/waiting.ts'
import { openWorkbench, type Workbench } from '../support/workbench.ts'
import { planted } from '../support/planted/secrets.ts'

const login = { user: 'myuser', password: planted.password }
const unknownAuthority = 'its certificate is signed by an authority that this machine does not know'

describe('A registry with a certificate of an authority that nobody knows', () => {
  it('is a row that says so, and is read once a person trusts the authority', async () => {
    const { registry, authority, key } = await secureRegistry()
    const { host } = registry
    const workbench = await openWorkbench({
      theme: 'Dark Modern',
      machineSettings: { 'chartroom.registries': { [host]: { maxParallel: 2 } } },
    })
    await workbench.openView('Registries')
    await workbench.expand(host)
    await showsRow(workbench, `${host} untrusted certificate`)
    await showsRow(workbench, `I${unknownAuthority.slice(1)}`)
    await workbench.pictures('a registry of an unknown authority')

    await workbench.clickAction('Trust a Certificate…', host)
    await workbench.quickInput.choosePath(key, `Trust for ${host}`)
    await workbench.notification(`${key} holds no certificate.`)
    expect(await registriesSetting(workbench)).toEqual({ [host]: { maxParallel: 2 } })
    await workbench.clickAction('Trust a Certificate…', host)
    await workbench.quickInput.choosePath(authority, `Trust for ${host}`)

    await workbench.notification(`${host} is trusted with the authority in ${authority}.`)
    expect(await registriesSetting(workbench)).toEqual({ [host]: { maxParallel: 2, caFile: authority } })
    await workbench.row('team').waitFor()
    await showsRow(workbench, host)
    await workbench.tooltip(host, `Certificate authorities: ${authority}`)
    await workbench.screenshot('a registry of a trusted authority (Dark Modern)')
  })

  it('is an error that leads to the certificate, after which the pull goes on by itself', async () => {
    const { registry, authority, key } = await secureRegistry()
    const { host } = registry
    const workbench = await openWorkbench({ theme: 'Light Modern' })
    await workbench.runCommand('Chartroom: Pull Chart…')
    await workbench.quickInput.answer(`${host}/team/mychart:1.0.0`)
    await workbench.notification(`No secure connection to ${host}: ${unknownAuthority}.`)
    await workbench.screenshot('a pull from an unknown authority (Light Modern)')

    await workbench.clickNotificationAction(unknownAuthority, 'Trust a Certificate…')
    await workbench.quickInput.choosePath(key, `Trust for ${host}`)
    await workbench.clickNotificationAction(`${key} holds no certificate.`, 'Trust a Certificate…')
    await workbench.quickInput.choosePath(authority, `Trust for ${host}`)

    await workbench.notification(/^Pulled .*mychart/)
    expect(await registriesSetting(workbench)).toEqual({ [host]: { caFile: authority } })
  })
})

describe('Log In… at a registry with a certificate of an authority that nobody knows', () => {
  it('goes on with what was typed once the authority is trusted', async () => {
    const { registry, authority } = await secureRegistry({ htpasswd: login })
    const { host } = registry
    const workbench = await openWorkbench({ theme: 'Dark Modern' })
    await workbench.runCommand('Chartroom: Log In…')
    await workbench.quickInput.answer(host)
    await workbench.quickInput.box.getByText('User name').waitFor()
    await workbench.quickInput.answer(login.user)
    await workbench.quickInput.box.getByText(`Password or token of ${login.user}`).waitFor()
    await workbench.quickInput.answer(login.password)

    await workbench.clickNotificationAction(unknownAuthority, 'Trust a Certificate…')
    await workbench.quickInput.choosePath(authority, `Trust for ${host}`)

    await workbench.notification(`Logged in to ${host}.`)
    expect(await registriesSetting(workbench)).toEqual({ [host]: { caFile: authority } })
  })
})

describe('A registry whose certificate is not verified', () => {
  it('gets a stored login after a question that is asked once, and its row says what it is', async () => {
    const { registry } = await secureRegistry({ htpasswd: login })
    const { host } = registry
    const workbench = await openWorkbench({
      theme: 'Light Modern',
      machineSettings: { 'chartroom.registries': { [host]: { insecureSkipVerify: true } } },
    })
    await dockerLogin(workbench, host)
    await workbench.openView('Registries')
    await workbench.expand(host)
    await workbench.page.locator('.monaco-dialog-box').waitFor()
    await workbench.screenshot('a login for a certificate that is not verified (Light Modern)')

    expect(await workbench.answerDialog('Cancel')).toContain(
      `Send your login to ${host}, whose certificate is not verified?`,
    )
    await showsRow(workbench, /^Gets no login, because its certificate is not verified/)
    await workbench.screenshot('a registry that was refused a login (Light Modern)')
    await workbench.clickAction('Retry', host)
    await workbench.answerDialog('Send the Login')
    await workbench.row('team').waitFor()
    await showsRow(workbench, `${host} certificate not verified · myuser · from ~/docker/config.json`)
    await workbench.pictures('a registry without verification')

    await workbench.page.reload()
    await workbench.openView('Registries')
    await workbench.expand(host)
    await workbench.row('team').waitFor()
    expect(await workbench.page.locator('.monaco-dialog-box').count()).toBe(0)
  })
})

describe('Settings…', () => {
  it('of a registry opens the settings with the cursor at it', async () => {
    const { host } = await startDockerRegistry()
    const workbench = await openWorkbench({
      theme: 'Dark Modern',
      machineSettings: {
        'editor.fontSize': 13,
        'chartroom.registries': { 'registry.example.com': {}, [host]: { pageSize: 50 } },
      },
    })
    await workbench.openView('Registries')
    await workbench.row(host).waitFor()

    await workbench.contextMenu(host, 'Settings…')

    await workbench.page.locator('.active-line-number', { hasText: exactly('5') }).waitFor()
    await workbench.page.locator('.view-line', { hasText: 'chartroom.registries' }).waitFor()
    await workbench.screenshot('the settings of a registry (Dark Modern)')
  })

  it('of a registry that only the shared file has opens that file', async () => {
    const { host } = await startDockerRegistry()
    const workbench = await openWorkbench({ theme: 'Light Modern' })
    await writeHostFile(workbench, { [host]: { pageSize: 50 } })
    await workbench.openView('Registries')
    await workbench.row(host).waitFor()

    await workbench.contextMenu(host, 'Settings…')

    expect(await (await workbench.editor('registries.json')).innerText()).toContain(host)
    await workbench.screenshot('the shared settings of a registry (Light Modern)')
  })
})

describe('registries.json', () => {
  it('is followed while the window is open: what comes, changes and goes', async () => {
    const { registry, authority } = await secureRegistry()
    const { host } = registry
    const workbench = await openWorkbench({ theme: 'Dark Modern' })
    await writeHostFile(workbench, { 'registry.example.com': {} })
    await workbench.openView('Registries')
    await workbench.row('registry.example.com').waitFor()

    await writeHostFile(workbench, { [host]: {} })
    await workbench.row('registry.example.com').waitFor({ state: 'detached' })
    await workbench.expand(host)
    await showsRow(workbench, `${host} untrusted certificate`)

    await writeHostFile(workbench, { [host]: { caFile: authority } })
    await workbench.row('team').waitFor()
    await workbench.tooltip(host, /registries\.json: caFile/)
    await workbench.screenshot('a registry of the shared file (Dark Modern)')
  })

  it('is found where its folder is made while the window is open', async () => {
    const { host } = await startDockerRegistry()
    const workbench = await openWorkbench()
    await workbench.openView('Registries')
    await workbench.sideBar.getByText('Add a registry to browse its charts.').waitFor()

    await writeHostFile(workbench, { [host]: {} })

    await workbench.row(host).waitFor()
  })
})

/** A registry with a chart, the authority of its certificate, and a PEM file that is no certificate. */
async function secureRegistry(
  options: { readonly htpasswd?: typeof login } = {},
): Promise<{ registry: DockerRegistry; authority: string; key: string }> {
  const { authority, server } = await makeCertificates(['localhost'])
  const registry = await startDockerRegistry({ tls: server, ...options })
  await addManyTags(registry, 'team/mychart', 1)
  return { registry, authority, key: server.key }
}

/** What the window's settings say of registries. */
async function registriesSetting({ home }: Workbench): Promise<unknown> {
  const file = join(home, 'vscode', 'data', 'Machine', 'settings.json')
  const settings = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>
  return settings['chartroom.registries']
}

async function writeHostFile({ home }: Workbench, hosts: Readonly<Record<string, object>>): Promise<void> {
  await writeInto(join(home, '.config', 'chartroom', 'registries.json'), hosts)
}

/** As `docker login` without a credential helper leaves it. */
async function dockerLogin({ home }: Workbench, host: string): Promise<void> {
  const auth = Buffer.from(`${login.user}:${login.password}`).toString('base64')
  await writeInto(join(home, 'docker', 'config.json'), { auths: { [host]: { auth } } })
}

async function writeInto(path: string, content: object): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, JSON.stringify(content, undefined, 2))
}
