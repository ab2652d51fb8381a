import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { hasEnded } from '../../src/core/index.ts'
import { RegistryFolder, type RegistryServer } from '../../src/extension/localRegistry/registryFolder.ts'
import { daemonDown, dockerStandIn } from '../support/dockerStandIn.ts'
import { anyPort, takenPort } from '../support/ports.ts'
import { until } from '../support/waiting.ts'
import { openWorkbench, type Workbench } from '../support/workbench.ts'
import { planted } from '../support/planted/secrets.ts'

const start = 'Chartroom: Start a Local Registry…'
const stop = 'Chartroom: Stop Local Registry'
const guideAuth = 'REGISTRY_AUTH={htpasswd: {realm: localhost, path: /etc/docker/registry/auth.htpasswd}}'

describe('Start a Local Registry…', () => {
  it('starts the embedded one behind a login, finds it again after a reload, and stops it', async () => {
    const docker = await dockerStandIn()
    const workbench = await openWorkbench({ env: docker.env })
    const [taken, port] = [(await takenPort()).port, await anyPort()]
    const host = `localhost:${port}`
    await workbench.openView('Registries')

    await workbench.runCommand(start)
    await workbench.quickInput.choose('With Chartroom')
    await asked(workbench, 'The port that it listens on')
    await workbench.quickInput.fill(`${taken}`)
    await workbench.quickInput.box.getByText(`Port ${taken} is taken by another program.`).waitFor()
    await workbench.screenshot('a port that is taken, said as it is typed')
    await workbench.quickInput.answer(`${port}`)
    await workbench.quickInput.choose('In a folder of Chartroom')
    await workbench.quickInput.items.filter({ hasText: 'One user with a password' }).waitFor()
    await workbench.quickInput.box.getByRole('button', { name: 'Back' }).click()
    await workbench.quickInput.choose('In a folder of Chartroom')
    await workbench.quickInput.choose('One user with a password')
    await asked(workbench, 'User name')
    await workbench.quickInput.answer('myuser')
    await asked(workbench, 'Password of myuser')
    await workbench.quickInput.input.and(workbench.page.locator('[type="password"]')).waitFor()
    await workbench.screenshot('the password of the local registry')
    await workbench.quickInput.answer(planted.password)
    await workbench.notification(`A registry runs at ${host}.`)

    const server = await serverOf(workbench)
    expect(await statusOf(host)).toBe(401)
    expect(await statusOf(host, `myuser:${planted.password}`)).toBe(200)
    expect(await docker.calls()).toEqual([])
    await workbench.row(host).waitFor()
    await until(async () => (await rowOf(workbench, host)).includes('running'))
    await workbench.screenshot('the embedded registry runs')
    await workbench.page.reload()
    await workbench.openView('Registries')
    await until(async () => (await rowOf(workbench, host)).includes('running'))
    expect(await hasEnded(server)).toBe(false)
    await workbench.runCommand('Chartroom: Show Log of Local Registry')
    expect(await (await workbench.editor('registry.log')).innerText()).toContain('Listening')
    await workbench.runCommand(stop)
    await workbench.notification(`Stopped the registry at ${host}.`)
    expect(await hasEnded(server)).toBe(true)
    await until(async () => (await rowOf(workbench, host)).includes('stopped'))
    await workbench.screenshot('the embedded registry is stopped')
    await workbench.clickAction('Start a Local Registry', host)

    await workbench.notification(`A registry runs at ${host}.`)
    expect(await statusOf(host, `myuser:${planted.password}`)).toBe(200)
    const again = await serverOf(workbench)
    process.kill(again.pid, 'SIGKILL')
    await until(async () => (await rowOf(workbench, host)).includes('ended by itself'))
    await workbench.screenshot('the embedded registry ended by itself')
  })

  it('says why the registry does not start, and forgets it when it is removed from the list', async () => {
    const docker = await dockerStandIn()
    const workbench = await openWorkbench({ env: docker.env })
    const port = await anyPort()
    await workbench.openView('Registries')

    await chooseUntilLogin(workbench, 'With Chartroom', port)
    await takenPort(port)
    await workbench.quickInput.choose('Everybody who can reach it')

    const reason = `Port ${port} is taken by another program, so the registry was not started.`
    await workbench.notification(reason)
    await until(async () => (await rowOf(workbench, `localhost:${port}`)).includes('taken'))
    await workbench.screenshot('the embedded registry did not start')
    await workbench.clickNotificationAction(reason, 'Choose Again…')
    await until(async () => (await workbench.quickInput.title()).startsWith('Start a local registry'))
    await workbench.quickInput.cancel()
    await workbench.contextMenu(`localhost:${port}`, 'Remove Registry from List')

    await workbench.row(`localhost:${port}`).waitFor({ state: 'detached' })
    expect(await folderOf(workbench).remembered()).toBeUndefined()
  })

  it('runs exactly the guide’s lines with Docker', async () => {
    const docker = await dockerStandIn()
    const workbench = await openWorkbench({ env: docker.env })
    const port = await anyPort()
    const host = `localhost:${port}`
    await workbench.openView('Registries')
    const folder = folderOf(workbench)

    await chooseUntilLogin(workbench, 'With Docker', port)
    await workbench.quickInput.choose('One user with a password')
    await asked(workbench, 'User name')
    await workbench.quickInput.answer('myuser')
    await asked(workbench, 'Password of myuser')
    await workbench.quickInput.answer(planted.password)
    await workbench.quickInput.items.filter({ hasText: 'Always' }).waitFor()
    await workbench.screenshot('the last question about Docker')
    await workbench.quickInput.choose('Always')
    await workbench.notification(`A registry runs at ${host}.`)
    expect(await statusOf(host, `myuser:${planted.password}`)).toBe(200)
    expect(await readFile(folder.htpasswd, 'utf8')).toMatch(/^myuser:\$2y\$10\$/)
    await workbench.page.reload()
    await workbench.openView('Registries')
    await until(async () => (await rowOf(workbench, host)).includes('running'))
    await workbench.runCommand('Chartroom: Show Log of Local Registry')
    await until(async () => (await docker.calls()).length === 2)
    await workbench.screenshot('the log of Docker’s registry')
    await workbench.runCommand(stop)
    await workbench.notification(`Stopped the registry at ${host}. What was pushed to it is gone`)

    const mount = `${folder.htpasswd}:/etc/docker/registry/auth.htpasswd`
    const named = ['run', '-dp', `${port}:5000`, '--restart=always', '--name', 'registry']
    expect(await docker.calls()).toEqual([
      [...named, '-v', mount, '-e', guideAuth, 'registry'],
      ['logs', '-f', 'registry'],
      ['rm', '-f', 'registry'],
    ])
    expect(docker.hasContainer()).toBe(false)
  })

  it('says that Docker does not run, and asks before it replaces a container', async () => {
    const docker = await dockerStandIn()
    const workbench = await openWorkbench({ env: docker.env })
    const port = await anyPort()
    await docker.failWith(daemonDown)

    await startWithDocker(workbench, port)
    await workbench.notification('Docker is not running, so the registry was not started.')
    await workbench.screenshot('Docker does not run')
    await docker.failWith()
    await docker.makeContainer()
    await startWithDocker(workbench, port)
    const question = await workbench.answerDialog('Replace')

    expect(question).toContain('Replace the container registry?')
    await workbench.notification(`A registry runs at localhost:${port}.`)
    const run = ['run', '-dp', `${port}:5000`, '--restart=always', '--name', 'registry', 'registry']
    expect(await docker.calls()).toEqual([run, run, ['rm', '-f', 'registry'], run])
    await workbench.runCommand(stop)
    await workbench.notification('Stopped the registry at')
  })

  it('leaves no container where it is stopped before the container answers', async () => {
    const docker = await dockerStandIn()
    await docker.fallSilent()
    const workbench = await openWorkbench({ env: docker.env })
    const host = `localhost:${await anyPort()}`
    await workbench.openView('Registries')

    await startWithDocker(workbench, Number(host.slice('localhost:'.length)))
    await until(() => Promise.resolve(docker.hasContainer()))
    await until(async () => (await folderOf(workbench).remembered())?.hasContainer === true)
    await workbench.runCommand(stop)
    await until(async () => (await rowOf(workbench, host)).includes('stopped'))

    expect(docker.hasContainer()).toBe(false)
    expect((await folderOf(workbench).remembered())?.hasContainer).toBe(false)
  })
})

describe('Open a Terminal for Helm', () => {
  it('opens a terminal with the gate of Helm open and chartroom on the PATH; others have the PATH only', async () => {
    const workbench = await openWorkbench()
    const out = join(workbench.home, 'out')

    await workbench.runCommand('Chartroom: Open a Terminal for Helm')
    await typeInTerminal(
      workbench,
      `chartroom --version > '${out}'; echo "gate $HELM_EXPERIMENTAL_OCI" >> '${out}'`,
    )
    await workbench.doing('running chartroom in the terminal for Helm', async () => {
      await until(async () => /^[\d.]+\ngate 1\n$/.test(await readIfThere(out)))
    })
    await workbench.screenshot('a terminal for Helm')
    await workbench.runCommand('Terminal: Create New Terminal')
    const other = join(workbench.home, 'other')
    await typeInTerminal(
      workbench,
      `chartroom --version > '${other}'; echo "gate $HELM_EXPERIMENTAL_OCI$ELECTRON_RUN_AS_NODE" >> '${other}'`,
    )

    await until(async () => /^[\d.]+\ngate \n$/.test(await readIfThere(other)))
  })
})

/** Answers until the question who may use the registry is there. */
async function chooseUntilLogin(workbench: Workbench, how: string, port: number): Promise<void> {
  await workbench.runCommand(start)
  await workbench.quickInput.choose(how)
  await asked(workbench, 'listens on')
  await workbench.quickInput.answer(`${port}`)
  await workbench.quickInput.choose(how === 'With Docker' ? 'No' : 'In a folder of Chartroom')
  await workbench.quickInput.items.filter({ hasText: 'Everybody who can reach it' }).waitFor()
}

/** Waits until a question is there: what is typed before goes to the one before it. */
async function asked({ quickInput }: Workbench, prompt: string): Promise<void> {
  await quickInput.box.locator('.quick-input-message').filter({ hasText: prompt }).waitFor()
}

async function startWithDocker(workbench: Workbench, port: number): Promise<void> {
  await chooseUntilLogin(workbench, 'With Docker', port)
  await workbench.quickInput.choose('Everybody who can reach it')
  await workbench.quickInput.choose('Always')
}

function folderOf({ home }: Workbench): RegistryFolder {
  const storage = join(home, 'vscode', 'data', 'User', 'globalStorage', 'chartroom.chartroom')
  return new RegistryFolder(join(storage, 'localRegistry'))
}

async function serverOf(workbench: Workbench): Promise<RegistryServer> {
  const server = await folderOf(workbench).server()
  if (server === undefined) throw new Error('No registry says that it runs.')
  return server
}

/** The row's label and description; empty where it is not there. */
async function rowOf(workbench: Workbench, host: string): Promise<string> {
  return (await workbench.rows()).find((row) => row.startsWith(host)) ?? ''
}

async function statusOf(host: string, login?: string): Promise<number> {
  const headers =
    login === undefined ? {} : { authorization: `Basic ${Buffer.from(login).toString('base64')}` }
  return (await fetch(`http://${host}/v2/`, { headers })).status
}

async function typeInTerminal({ page }: Workbench, line: string): Promise<void> {
  const terminal = page.locator('.terminal-wrapper.active .xterm-helper-textarea').first()
  await terminal.waitFor({ state: 'attached' })
  await terminal.focus()
  await page.keyboard.type(line)
  await page.keyboard.press('Enter')
}

async function readIfThere(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch(() => '')
}
