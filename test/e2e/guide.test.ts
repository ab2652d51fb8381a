import { access, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { freePort } from '../../scripts/freePort.ts'
import { ChartCache } from '../../src/core/index.ts'
import { startDockerRegistry } from '../support/dockerRegistry.ts'
import { Keyboard } from '../support/keyboard.ts'
import { writeChart } from '../support/sampleChart.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { until } from '../support/waiting.ts'
import { openWorkbench, type Workbench } from '../support/workbench.ts'
import { planted } from '../support/planted/secrets.ts'

/** Every step of the guide as a person takes it in the window. */
interface Steps {
  startRegistry(port: number): Promise<void>
  addRegistry(host: string): Promise<void>
  logIn(host: string): Promise<void>
  logOut(host: string): Promise<void>
  save(reference: string): Promise<void>
  exportChart(repository: string): Promise<void>
  push(repository: string): Promise<void>
  remove(repository: string): Promise<void>
  pull(host: string): Promise<void>
  stopRegistry(host: string): Promise<void>
}

const ways = [
  { way: 'by mouse', steps: byMouse },
  { way: 'by keyboard alone', steps: byKeyboard },
] as const

/** Milliseconds: a person takes every step of the guide, and looks at it in four themes. */
const enough = 300_000

describe.each(ways)('The guide in the window, $way', { timeout: enough }, ({ way, steps }) => {
  it('from starting a registry with a login to the last pull', async () => {
    const workbench = await openWorkbench({ workspaceFolder: await workspaceWithChart() })
    const person = steps(workbench)
    const port = await freePort(5000)
    const host = `localhost:${port}`

    await person.startRegistry(port)
    await workbench.row(host).filter({ hasText: 'running' }).waitFor()
    await workbench.pictures(`guide ${way}, the registry runs`)
    await person.logOut(host)
    await workbench.row(host).filter({ hasText: 'running' }).waitFor()
    await fromLoginOn(workbench, person, host, way)
    await person.stopRegistry(host)
    await workbench.row(host).filter({ hasText: 'stopped' }).waitFor()

    await expect(fetch(`http://${host}/v2/`)).rejects.toThrow()
  })

  it('from the login on, at docker-registry', async () => {
    const registry = await startDockerRegistry({ htpasswd: { user: 'myuser', password: planted.password } })
    const workbench = await openWorkbench({ workspaceFolder: await workspaceWithChart() })
    const person = steps(workbench)

    await person.addRegistry(registry.host)
    await workbench.row(registry.host).filter({ hasText: 'log in' }).waitFor()
    await workbench.pictures(`guide ${way}, a registry that wants a login`)
    await fromLoginOn(workbench, person, registry.host, way)
  })
})

async function fromLoginOn(workbench: Workbench, person: Steps, host: string, way: string): Promise<void> {
  const repository = `${host}/myrepo/mychart`
  const reference = `${repository}:2.7.0`
  const cache = new ChartCache(join(workbench.cacheHome, 'registry', 'cache'))

  await person.logIn(host)
  await workbench.notification(`Logged in to ${host}.`)
  await person.save(reference)
  await workbench.notification(`Saved ${reference}.`)
  const saved = await cache.require(reference)
  await person.exportChart(repository)
  await workbench.notification('Exported mychart to ')
  await workbench.pictures(`guide ${way}, saved and exported`)
  await person.push(repository)
  await workbench.notification(`Pushed mychart 0.1.0 to ${host}.`)
  await person.remove(repository)
  await workbench.notification(`Removed ${reference}.`)
  expect(await cache.list()).toEqual([])
  await person.pull(host)
  await workbench.notification(`Pulled ${reference}.`)
  await workbench.row(repository).first().waitFor()
  await workbench.pictures(`guide ${way}, pulled again`)

  const pulled = await cache.require(reference)
  expect([pulled.manifestDigest, pulled.digest]).toEqual([saved.manifestDigest, saved.digest])
  const folders = await readdir(workbench.workspaceFolder)
  const exported = folders.find((name) => name !== 'mychart' && !name.startsWith('.')) ?? ''
  await access(join(workbench.workspaceFolder, exported, 'Chart.yaml'))
}

function byMouse(workbench: Workbench): Steps {
  const { quickInput, sideBar } = workbench
  return {
    startRegistry: async (port) => {
      await workbench.openView('Registries')
      await sideBar.getByText('start a local registry').click()
      await quickInput.choose('With Chartroom')
      await quickInput.answer(`${port}`)
      await quickInput.choose('In a folder of Chartroom')
      await quickInput.choose('One user with a password')
      await quickInput.answer('myuser')
      await quickInput.box.getByText('Password of myuser').waitFor()
      await quickInput.answer(planted.password)
    },
    addRegistry: async (host) => {
      await workbench.openView('Registries')
      await sideBar.getByRole('button', { name: 'Add Registry…' }).click()
      await quickInput.answer(host)
    },
    logOut: async (host) => {
      await workbench.contextMenu(host, 'Log Out…')
      await workbench.notification(`Logged out from ${host}.`)
    },
    logIn: async (host) => {
      await workbench.contextMenu(host, 'Log In…')
      await quickInput.answer('myuser')
      await quickInput.box.getByText('Password or token of myuser').waitFor()
      await quickInput.answer(planted.password)
    },
    save: async (reference) => {
      await workbench.openExplorer()
      await workbench.row('mychart').waitFor()
      await until(async () => (await workbench.menuOf('mychart')).includes('Save Chart to Cache…'))
      await workbench.contextMenu('mychart', 'Save Chart to Cache…')
      await quickInput.fill(reference)
      await quickInput.choose(reference)
      await quickInput.choose('Helm 3.0–3.6 and later')
    },
    exportChart: async (repository) => {
      await workbench.openView('Cached Charts')
      await workbench.expand(repository)
      await workbench.contextMenu('2.7.0', 'Export Chart…')
      await quickInput.box.getByRole('button', { name: 'Export Here' }).click()
      await workbench.answerDialog('Export Beside It')
    },
    push: async () => {
      await workbench.clickAction('Push Cached Chart', '2.7.0')
    },
    remove: async () => {
      await workbench.clickAction('Remove Chart', '2.7.0')
    },
    pull: async (host) => {
      await workbench.openView('Registries')
      await workbench.expand(host)
      await workbench.expand('myrepo')
      await workbench.expand('mychart')
      await workbench
        .row('2.7.0')
        .filter({ hasText: 'KiB' })
        .or(workbench.row('2.7.0').filter({ hasText: ' B' }))
        .waitFor()
      await workbench.clickAction('Pull Chart…', '2.7.0')
    },
    stopRegistry: async (host) => {
      await workbench.clickAction('Stop Local Registry', host)
    },
  }
}

function byKeyboard(workbench: Workbench): Steps {
  const keyboard = new Keyboard(workbench)
  return {
    startRegistry: async (port) => {
      await keyboard.run('Chartroom: Focus on Registries View')
      await keyboard.run('Chartroom: Start a Local Registry…')
      await keyboard.choose('Start a local registry', 'With Chartroom')
      await keyboard.answer('The port that it listens on', `${port}`)
      await keyboard.choose('Start a local registry', 'In a folder of Chartroom')
      await keyboard.choose('Start a local registry', 'One user with a password')
      await keyboard.answer('User name', 'myuser')
      await keyboard.answer('Password of myuser', planted.password)
    },
    addRegistry: async (host) => {
      await keyboard.run('Chartroom: Focus on Registries View')
      await keyboard.run('Chartroom: Add Registry…')
      await keyboard.answer('Add a registry', host)
    },
    logOut: async (host) => {
      await keyboard.menu('Log Out…', () => keyboard.goTo('Registries', host))
      await workbench.notification(`Logged out from ${host}.`)
    },
    logIn: async (host) => {
      await keyboard.menu('Log In…', () => keyboard.goTo('Registries', host))
      await keyboard.answer('User name', 'myuser')
      await keyboard.answer('Password or token of myuser', planted.password)
    },
    save: async (reference) => {
      await keyboard.menu('Save Chart to Cache…', () => keyboard.goToFile('mychart'))
      await keyboard.answer('Save mychart 0.1.0 (1 of 2)', reference)
      await keyboard.choose('Save mychart 0.1.0 (2 of 2)', 'Helm 3.0–3.6 and later')
    },
    exportChart: async (repository) => {
      await keyboard.expand('Cached Charts', repository)
      await keyboard.menu('Export Chart…', () => keyboard.goTo('Cached Charts', '2.7.0'))
      await keyboard.accept('Export Here')
      await keyboard.dialog('Export Beside It')
    },
    push: async () => {
      await keyboard.menu('Push Cached Chart', () => keyboard.goTo('Cached Charts', '2.7.0'))
    },
    remove: async () => {
      await keyboard.goTo('Cached Charts', '2.7.0')
      await keyboard.press('Delete')
    },
    pull: async (host) => {
      await keyboard.expand('Registries', host)
      await keyboard.expand('Registries', 'myrepo')
      await keyboard.expand('Registries', 'mychart')
      await until(async () => /\d (K?i?B)/.test(await workbench.row('2.7.0').first().innerText()))
      await keyboard.menu('Pull Chart…', () => keyboard.goTo('Registries', '2.7.0'))
    },
    stopRegistry: async (host) => {
      await keyboard.menu('Stop Local Registry', () => keyboard.goTo('Registries', host))
    },
  }
}

async function workspaceWithChart(): Promise<string> {
  const folder = await temporaryDirectory()
  await writeChart(folder, 'mychart')
  return folder
}
