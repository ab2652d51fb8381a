import { deepEqual, equal, ok, rejects } from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { FilePermission, FileType, Uri, env, extensions, commands, window, workspace } from 'vscode'
import {
  ChartCache,
  exportChart,
  helmChartCache,
  listCharts,
  removeChart,
  saveChart,
  surroundings,
  type Digest,
} from '../../src/core/index.ts'
import type { ChartroomExports } from '../../src/extension/api/contract.ts'
import { encodeAddress, type ChartAddress } from '../../src/extension/documents/chartAddress.ts'
import { chartTooltip } from '../../src/extension/views/chartTooltip.ts'
import { startLocalRegistry, type LocalRegistry } from '../../src/localRegistry/index.ts'
import { writeChart } from '../support/sampleChart.ts'

const reference = 'localhost:5000/myrepo/mychart:2.7.0'

describe('A cached chart, in the editor', () => {
  const cache = new ChartCache(helmChartCache(surroundings()))
  let directory: string

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'chartroom-host-test-'))
    await extensions.getExtension('chartroom.chartroom')?.activate()
    await saveChart(cache, await writeChart(directory), reference)
  })

  afterEach(async () => {
    await commands.executeCommand('workbench.action.closeAllEditors')
    await rm(directory, { recursive: true, force: true })
    await rm(cache.root, { recursive: true, force: true })
  })

  it('is a read-only file system', async () => {
    const root = uriOf('')

    deepEqual((await workspace.fs.readDirectory(root)).sort(), [
      ['Chart.yaml', FileType.File],
      ['templates', FileType.Directory],
      ['values.yaml', FileType.File],
    ])
    deepEqual(await workspace.fs.readDirectory(uriOf('templates')), [['configmap.yaml', FileType.File]])
    const facts = await workspace.fs.stat(uriOf('values.yaml'))
    equal(facts.size, 'replicas: 1\n'.length)
    equal(facts.permissions, FilePermission.Readonly)
    equal(Buffer.from(await workspace.fs.readFile(uriOf('values.yaml'))).toString(), 'replicas: 1\n')
    equal(workspace.fs.isWritableFileSystem('chartroom-chart'), false)
    await rejects(async () => {
      await workspace.fs.writeFile(uriOf('values.yaml'), Buffer.from('x'))
    })
    await rejects(async () => await workspace.fs.stat(uriOf('missing.yaml')), { code: 'FileNotFound' })
    await rejects(
      async () =>
        await workspace.fs.readFile(Uri.from({ scheme: 'chartroom-chart', path: '/no∕such:1/Chart.yaml' })),
      {
        code: 'FileNotFound',
      },
    )
  })

  it('opens in its language, and shows the new content when the chart is saved again', async () => {
    const document = await workspace.openTextDocument(uriOf('values.yaml'))
    await window.showTextDocument(document)
    equal(document.languageId, 'yaml')
    const changed = new Promise<void>((resolve) => {
      const listening = workspace.onDidChangeTextDocument((event) => {
        if (event.document !== document) return
        listening.dispose()
        resolve()
      })
    })

    await saveChart(
      cache,
      await writeChart(directory, 'mychart', '0.1.0', { 'values.yaml': 'replicas: 2\n' }),
      reference,
    )
    await changed

    equal(document.getText(), 'replicas: 2\n')
  })

  it('is opened, copied and removed by command', async () => {
    await commands.executeCommand('chartroom.openChart', reference)
    equal(window.activeTextEditor?.document.uri.toString(), uriOf('Chart.yaml').toString())

    await commands.executeCommand('chartroom.copyReference', reference)
    equal(await env.clipboard.readText(), reference)

    await commands.executeCommand('chartroom.copyDigest', reference)
    const [chart] = await listCharts(cache)
    ok(chart?.problem === undefined)
    equal(await env.clipboard.readText(), chart?.digest)

    await commands.executeCommand('chartroom.removeChart', reference)
    deepEqual(await listCharts(cache), [])
  })
})

describe('A chart in an archive on disk, in the editor', () => {
  let directory: string
  let archive: string

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'chartroom-host-test-'))
    await extensions.getExtension('chartroom.chartroom')?.activate()
    const cache = new ChartCache(join(directory, 'cache'))
    await saveChart(cache, await writeChart(directory), reference)
    archive = (await exportChart(cache, reference, directory, { archive: true })).path
  })

  afterEach(async () => {
    await commands.executeCommand('workbench.action.closeAllEditors')
    await rm(directory, { recursive: true, force: true })
  })

  it('is read without being saved', async () => {
    const values = documentUri({ place: 'archive', reference: archive, path: 'values.yaml' })

    equal(Buffer.from(await workspace.fs.readFile(values)).toString(), 'replicas: 1\n')
    deepEqual(await listCharts(new ChartCache(helmChartCache(surroundings()))), [])
    equal((await workspace.openTextDocument(values)).languageId, 'yaml')
  })

  it('has a sentence for what is wrong with it', async () => {
    await writeFile(archive, 'no archive any more')

    await rejects(
      async () =>
        await workspace.fs.stat(documentUri({ place: 'archive', reference: archive, path: 'values.yaml' })),
      (error: Error) => error.message.includes(archive),
    )
  })
})

describe('A chart at a registry, in the editor', () => {
  const cache = new ChartCache(helmChartCache(surroundings()))
  let directory: string
  let registry: LocalRegistry

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'chartroom-host-test-'))
    registry = await startLocalRegistry({ port: 0, storage: join(directory, 'registry') })
  })

  afterEach(async () => {
    await commands.executeCommand('workbench.action.closeAllEditors')
    await registry.stop()
    await rm(directory, { recursive: true, force: true })
    await rm(cache.root, { recursive: true, force: true })
  })

  it('shows the new content when its tag is moved, and is not saved', async () => {
    const remote = `${registry.host}/myrepo/mychart:2.7.0`
    await push(remote, 'replicas: 1\n')
    const values = documentUri({ place: 'registry', reference: remote, path: 'values.yaml' })
    const document = await workspace.openTextDocument(values)
    await window.showTextDocument(document)
    equal(document.getText(), 'replicas: 1\n')
    const changed = new Promise<void>((resolve) => {
      const listening = workspace.onDidChangeTextDocument((event) => {
        if (event.document !== document) return
        listening.dispose()
        resolve()
      })
    })

    await push(remote, 'replicas: 2\n')
    await changed

    equal(document.getText(), 'replicas: 2\n')
    equal(document.isDirty, false)
  })

  async function push(remote: string, values: string): Promise<void> {
    const api = await extensions.getExtension<ChartroomExports>('chartroom.chartroom')?.activate()
    await saveChart(cache, await writeChart(directory, 'mychart', '0.1.0', { 'values.yaml': values }), remote)
    await api?.getApi(1).push(remote, { overwrite: true })
    await removeChart(cache, remote)
  }
})

describe('The tooltip of a chart', () => {
  it('holds the words of a stranger as text, and neither a command nor HTML nor an icon', () => {
    const hostile =
      '[x](command:workbench.action.terminal.new) <img src=x> $(bug) ![y](https://evil.example/y.png)'
    const tooltip = chartTooltip({
      reference,
      name: 'mychart',
      version: '0.1.0',
      description: hostile,
      appVersion: `1 | ${hostile}`,
      maintainers: [hostile],
      deprecated: false,
      signed: false,
      digest: `sha256:${'a'.repeat(64)}` as Digest,
      size: 1,
    })

    equal(tooltip.isTrusted ?? false, false)
    equal(tooltip.supportHtml ?? false, false)
    equal(tooltip.supportThemeIcons ?? false, false)
    equal(/[[\]()!]|<img|https?:/.test(tooltip.value), false, tooltip.value)
  })
})

function uriOf(path: string): Uri {
  return documentUri({ place: 'cache', reference, path })
}

function documentUri(address: ChartAddress): Uri {
  return Uri.from({ scheme: 'chartroom-chart', ...encodeAddress(address) })
}
