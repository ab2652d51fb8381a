import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  ChartCache,
  exportChart,
  listCharts,
  pushChart,
  Registries,
  saveChart,
} from '../../src/core/index.ts'
import { startDockerRegistry } from '../support/dockerRegistry.ts'
import { listenOnLoopback } from '../support/loopback.ts'
import { writeChart, type ChartFiles } from '../support/sampleChart.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { until } from '../support/waiting.ts'
import { openWorkbench, type Workbench } from '../support/workbench.ts'

const repository = 'localhost:5000/myrepo/mychart'
const reference = `${repository}:2.7.0`

describe('the details of a chart', () => {
  it('are a page that loads no image, whatever a stranger wrote into the chart', async () => {
    const images = await imageServer()
    const folder = await temporaryDirectory()
    await writeFile(join(folder, 'control.md'), `![](${images.url}/control.png)\n`)
    const workbench = await openWorkbench({
      workspaceFolder: folder,
      cacheHome: await cacheHomeWith(hostileFiles(images.url)),
      theme: 'Dark Modern',
    })
    // The same preview does load the image of a page that is not ours: the count below means something.
    await previewWithAnyImage(workbench)
    await until(() => Promise.resolve(images.seen.length > 0))
    images.seen.length = 0

    await workbench.openView('Cached Charts')
    await workbench.expand(repository)
    await workbench.contextMenu('2.7.0', 'Show Details')
    const page = workbench.preview()
    await page.getByRole('heading', { name: 'README.md' }).waitFor()

    // The README reads as it was meant, as far as it can do nothing.
    await page.getByRole('heading', { name: 'Hello' }).waitFor()
    await page.getByText('another command').waitFor()
    await page.getByText('![reference style][beacon]').first().waitFor()
    await page.getByText('<img src=').first().waitFor()
    await page.getByText('replicas: 1').waitFor()
    await page.getByText('Kubernetes version').waitFor()
    expect(
      await page.locator('.markdown-body img, .markdown-body iframe, .markdown-body script').count(),
    ).toBe(0)
    expect(await page.locator('a[href^="command:"], a[data-href^="command:"]').count()).toBe(0)
    expect(await page.locator('.markdown-body a').allInnerTexts()).toEqual(['https://example.com/mychart'])
    expect(images.seen).toEqual([])
    await workbench.screenshot('details of a chart')
    await page.getByText('another command').scrollIntoViewIfNeeded()
    await workbench.screenshot('details of a chart, its README')
  })

  it('come from a registry and from an archive, too, and nothing is saved', async () => {
    const registry = await startDockerRegistry()
    const remote = `${registry.host}/shop/mychart:1.0.0`
    const folder = await temporaryDirectory()
    const archive = await packedAndPushed(remote, folder)
    const workbench = await openWorkbench({ workspaceFolder: folder, theme: 'Light Modern' })

    await workbench.runCommand('Chartroom: Show Details')
    await until(async () => (await workbench.quickInput.title()) === 'Show the details of a chart')
    await workbench.quickInput.answer(remote)
    await workbench.doing('waiting for the details of a remote chart', () =>
      workbench.preview().getByText(remote).waitFor(),
    )
    await workbench.screenshot('details of a remote chart')

    await workbench.runCommand('Chartroom: Open Chart')
    await until(async () => (await workbench.quickInput.title()) === 'Open a chart')
    await workbench.quickInput.answer(remote)
    expect(await (await workbench.editor('Chart.yaml')).innerText()).toMatch(/name:\s*mychart/)
    await workbench.openExplorer()
    await workbench.contextMenu(archive, 'Open Chart')
    await until(async () => (await workbench.quickInput.title()) === 'Open mychart 0.1.0')
    expect(await workbench.quickInput.choices()).toEqual([
      'Chart.yaml',
      'templates/configmap.yaml',
      'values.yaml',
    ])
    await workbench.screenshot('the files of an archive')
    await workbench.quickInput.choose('values.yaml')
    expect(await (await workbench.editor('values.yaml')).innerText()).toMatch(/replicas:\s*1/)
    expect(await listCharts(new ChartCache(join(workbench.cacheHome, 'registry', 'cache')))).toEqual([])
  })
})

describe('the words of a stranger', () => {
  it('are inert in the tooltip of a chart, in the labels of a choice and in notifications', async () => {
    const registry = await startDockerRegistry()
    const name = '$(bug)[x](command:workbench.action.terminal.new)'
    const description = `${name} <b>bold</b> ![](https://example.com/a.png)`
    const files = {
      'Chart.yaml': `apiVersion: v2\nname: '${name}'\nversion: 0.1.0\ndescription: '${description}'\n`,
    }
    const workbench = await openWorkbench({
      cacheHome: await cacheHomeWith(files, `${registry.host}/myrepo/mychart:2.7.0`),
      theme: 'Default High Contrast',
    })
    await workbench.openView('Cached Charts')
    await workbench.expand(`${registry.host}/myrepo/mychart`)

    const tooltip = await workbench.tooltip('2.7.0', 'Chart digest')
    await workbench.screenshot('tooltip with the words of a stranger')
    expect(await tooltip.innerText()).toContain(`${name} 0.1.0 — ${description}`)
    expect(await tooltip.locator('a, img, b, .codicon-bug').count()).toBe(0)
    await workbench.page.keyboard.press('Escape')

    // What is inert has to be seen first: an empty box, or the palette that closes, has no icon either.
    await workbench.runCommand('Chartroom: Go to Chart…')
    await until(async () => (await workbench.quickInput.title()) === 'Go to a chart')
    const choice = workbench.quickInput.items.filter({ hasText: 'command:workbench.action.terminal.new' })
    await choice.waitFor()
    await workbench.screenshot('a choice with the words of a stranger')
    expect(visible(await choice.innerText())).toContain(name)
    // The editor's own element for a label is an `a`, which leads nowhere.
    expect(await choice.locator('a:not(.label-name), .codicon-bug').count()).toBe(0)
    await workbench.quickInput.cancel()

    await workbench.clickAction('Push Cached Chart', '2.7.0')
    const notification = await workbench.notification('Pushed')
    await workbench.screenshot('a notification with the words of a stranger')
    const message = notification.locator('.notification-list-item-message')
    expect(visible(await message.innerText())).toContain(`Pushed ${name} 0.1.0 to ${registry.host}.`)
    expect(await message.locator('a, .codicon-bug').count()).toBe(0)
  })
})

/** A text without what stands invisibly in it. */
function visible(text: string): string {
  return text.replaceAll('\u200b', '').replaceAll('\u00a0', ' ')
}

/** An HTTP server that remembers what was asked of it. */
async function imageServer(): Promise<{ readonly url: string; readonly seen: string[] }> {
  const seen: string[] = []
  const server = createServer((request, response) => {
    seen.push(request.url ?? '')
    response.writeHead(200, { 'content-type': 'image/png' }).end()
  })
  return { url: `http://localhost:${await listenOnLoopback(server)}`, seen }
}

function hostileFiles(url: string): ChartFiles {
  return {
    'Chart.yaml': [
      'apiVersion: v2',
      'name: mychart',
      'version: 0.1.0',
      `description: 'A [x](command:workbench.action.terminal.new) ![](${url}/description.png) <img src="${url}/html.png">'`,
      'appVersion: "1 | 2"',
      'kubeVersion: ">=1.20"',
      `icon: ${url}/icon.png`,
      `home: "${url}/![](${url}/home.png)"`,
      'sources: ["https://example.com/mychart", "command:workbench.action.terminal.new"]',
      'maintainers: [{ name: "Jane ![](https://example.com/jane.png)", email: jane@example.com }]',
      `dependencies: [{ name: redis, version: "1.0.0", repository: "oci://example.com/![](${url}/dependency.png)" }]`,
      '',
    ].join('\n'),
    'README.md': [
      '# Hello',
      `![](${url}/inline.png)`,
      `[![badge](${url}/badge.png)](command:workbench.action.terminal.new)`,
      '[another command](command:workbench.action.terminal.new)',
      '| Key | Default |\n|-----|---------|\n| `replicas` | 1 |',
      '![reference style][beacon]',
      `<img src="${url}/html.png">`,
      `\`\`\`\`\`\n![](${url}/behind-a-fence.png)`,
      `[beacon]: ${url}/reference.png`,
      '[command](command:workbench.action.terminal.new)',
    ].join('\n\n'),
    'charts/redis/Chart.yaml': 'apiVersion: v2\nname: redis\nversion: 1.0.0\n',
  }
}

/** Helm's cache home with one chart in it. */
async function cacheHomeWith(files: ChartFiles, name = reference): Promise<string> {
  const home = await temporaryDirectory()
  await mkdir(join(home, 'registry'), { recursive: true })
  const chart = await writeChart(await temporaryDirectory(), 'mychart', '0.1.0', files)
  await saveChart(new ChartCache(join(home, 'registry', 'cache')), chart, name)
  return home
}

/** Pushes a sample chart, and writes it as an archive. Returns the name of the archive. */
async function packedAndPushed(remote: string, folder: string): Promise<string> {
  const cache = new ChartCache(await temporaryDirectory())
  await saveChart(cache, await writeChart(await temporaryDirectory()), remote)
  await pushChart(cache, new Registries({ findCredential: () => Promise.resolve(undefined) }), remote)
  await exportChart(cache, remote, folder, { archive: true })
  return 'mychart-0.1.0.tgz'
}

/** Turns off what the editor itself keeps out of previews, and shows the page of the workspace in one. */
async function previewWithAnyImage(workbench: Workbench): Promise<void> {
  await workbench.openExplorer()
  await workbench.row('control.md').click()
  await workbench.editor('control.md')
  await workbench.runCommand('Markdown: Open Preview')
  // Once it is there, it takes the focus, and a question would be closed by that.
  await workbench.preview().getByText('Some content has been disabled').waitFor()
  await workbench.runCommand('Markdown: Change Preview Security Settings')
  await workbench.quickInput.choose('Disable')
}
