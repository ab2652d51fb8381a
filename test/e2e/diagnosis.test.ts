import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { key, sound } from '../core/registry/diagnosis/certificates.ts'
import { answerJson, startServer, type Script } from '../core/registry/scriptedServer.ts'
import { startDockerRegistry } from '../support/dockerRegistry.ts'
import { listenOnLoopback } from '../support/loopback.ts'
import { anyPort } from '../support/ports.ts'
import { until } from '../support/waiting.ts'
import { openWorkbench, type Workbench } from '../support/workbench.ts'
import { planted } from '../support/planted/secrets.ts'

const size = { width: 1280, height: 1300 }

const basicRegistry: Script = (request, response) => {
  if (request.headers.authorization === undefined)
    response.writeHead(401, { 'www-authenticate': 'Basic realm="tests"' }).end()
  else answerJson(response, { repositories: ['team/chart'] })
}

describe('Diagnose Connection…', () => {
  it('of a row shows what was found on a page, which can be copied', async () => {
    const { host } = await startDockerRegistry({ htpasswd: { user: 'myuser', password: planted.password } })
    const workbench = await openWorkbench({
      theme: 'Dark Modern',
      size,
      machineSettings: { 'chartroom.registries': { [host]: { requestTimeoutMs: 20_000 } } },
    })
    await workbench.openView('Registries')
    await workbench.row(host).waitFor()

    await workbench.contextMenu(host, 'Diagnose Connection…')

    const page = workbench.preview()
    await page.getByRole('heading', { name: `Connection to ${host}` }).waitFor()
    await page.getByText(`${host} wants a login (it offers Basic, realm "Registry Realm").`).first().waitFor()
    await page.getByText('requestTimeoutMs: value 20000, from chartroom.registries').waitFor()
    await workbench.page.locator('.tab.active', { hasText: `Connection to ${host}` }).waitFor()
    await workbench.notification(`${host} wants a login`)
    await workbench.screenshot('a connection that wants a login (Dark Modern)')
    await workbench.clickNotificationAction(`${host} wants a login`, 'Copy Report')
    await until(async () => (await workbench.clipboard()).startsWith(`\`\`\`text\nConnection to ${host}\n`))
    expect(await workbench.clipboard()).toMatch(/chartroom [\d.]+, VS Code [\d.]+, Node [\d.]+, linux/)
  })

  it('asks for a host that is in no list, and says which authority signed a certificate', async () => {
    const { host } = await startServer(basicRegistry, { key, cert: sound })
    const workbench = await openWorkbench({ theme: 'Light Modern', size })

    await workbench.runCommand('Chartroom: Diagnose Connection…')
    await until(async () => (await workbench.quickInput.title()) === 'Diagnose the connection to a registry')
    await workbench.quickInput.fill(`https://${host}/v2/`)
    await workbench.quickInput.choose(host)

    const page = workbench.preview()
    await page
      .getByText('an authority that this machine does not know (CN=Chartroom test authority, O=Chartroom)')
      .first()
      .waitFor()
    await page.getByText('GET /v2/ gives 401, from a peer that nobody vouches for').waitFor()
    await workbench.screenshot('a connection without trust (Light Modern)')
  })

  it('is what an error offers where there was no answer, and its page follows what is found later', async () => {
    const host = `localhost:${await anyPort()}`
    const workbench = await openWorkbench({ theme: 'Dark Modern' })
    await pull(workbench, `${host}/team/chart:1.0.0`)

    await workbench.clickNotificationAction(
      'could not be reached (connection refused)',
      'Diagnose Connection',
    )

    await workbench.preview().getByText('Check that the registry runs').first().waitFor()
  })

  it('can be stopped, and shows nothing then', async () => {
    const silent = createServer((socket) => {
      socket.on('error', () => undefined).resume()
    })
    const host = `127.0.0.1:${await listenOnLoopback(silent)}`
    const workbench = await openWorkbench()
    await workbench.runCommand('Chartroom: Diagnose Connection…')
    await workbench.quickInput.answer(host)

    await workbench.clickNotificationAction(`Looking at the connection to ${host}`, 'Cancel')

    await until(async () => (await workbench.notifications()).length === 0)
    expect(await workbench.page.locator('.tab', { hasText: 'Connection to' }).count()).toBe(0)
  })

  it('sends no login in a workspace that nobody trusts', async () => {
    const server = await startServer(basicRegistry)
    const workbench = await openWorkbench({ restricted: true })
    await mkdir(join(workbench.home, 'docker'), { recursive: true })
    const auth = Buffer.from(`alice:${planted.password}`).toString('base64')
    await writeFile(
      join(workbench.home, 'docker', 'config.json'),
      JSON.stringify({ auths: { [server.host]: { auth } } }),
    )

    await workbench.runCommand('Chartroom: Diagnose Connection…')
    await workbench.quickInput.answer(server.host)

    await workbench.preview().getByText('it is not looked for in a workspace that is not trusted').waitFor()
    expect(server.seen.length).toBeGreaterThan(0)
    expect(server.seen.filter(({ authorization }) => authorization !== undefined)).toEqual([])
  })
})

async function pull(workbench: Workbench, reference: string): Promise<void> {
  await workbench.runCommand('Chartroom: Pull Chart…')
  await workbench.quickInput.answer(reference)
}
