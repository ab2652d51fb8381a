import { copyFile, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  ChartCache,
  formatSize,
  hexOf,
  pruneCache,
  pushChart,
  Registries,
  saveChart,
  verifyCache,
  type SavedChart,
} from '../../src/core/index.ts'
import { startDockerRegistry } from '../support/dockerRegistry.ts'
import { fixture } from '../support/fixtures.ts'
import { HelmCommand } from '../support/helmLike.ts'
import { writeChart, type ChartFiles } from '../support/sampleChart.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { until } from '../support/waiting.ts'
import { openWorkbench, type Workbench } from '../support/workbench.ts'

const mychart = 'localhost:5000/myrepo/mychart'
const signed = 'localhost:5000/signed/crds-schema-docs'
const keyring = fixture('modern', 'keys', 'pubring.gpg')
const day = 24 * 60 * 60 * 1000

describe('a window that looks at charts', () => {
  let workbench: Workbench
  let cache: ChartCache
  let host: string

  beforeAll(async () => {
    ;({ host } = await startDockerRegistry())
    const cacheHome = await temporaryDirectory()
    cache = cacheIn(cacheHome)
    await save(cache, `${mychart}:2.6.1`, '2.6.1')
    await save(cache, `${mychart}:2.7.0`, '2.7.0', {
      'values.yaml': 'replicas: 2\nimage: nginx\n',
      'templates/service.yaml': 'apiVersion: v1\nkind: Service\n',
      'templates/configmap.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: other\n',
      'files/logo.bin': Buffer.from([0, 159, 146, 150, 0, 1]),
    })
    await saveChart(cache, await signedArchive('4.3.1'), `${signed}:0.1.0`, { format: 'modern' })
    await saveChart(cache, await signedArchive('3.22.0'), `${signed}:other`, { format: 'modern' })
    await pushTo(host, 'myrepo/mychart', '1.0.0')
    await pushTo(host, 'myrepo/taken', '1.0.0', { 'values.yaml': 'replicas: 9\n' })
    workbench = await openWorkbench({
      cacheHome,
      theme: 'Dark Modern',
      machineSettings: { 'chartroom.registries': { [host]: {} } },
    })
    await workbench.openView('Cached Charts')
    await workbench.expand(mychart)
    await workbench.expand(signed)
    await workbench.row('2.7.0').waitFor()
  })

  it('compares two charts, selected or asked for, file by file', async () => {
    await workbench.contextMenu('2.7.0', 'Compare With…')
    await until(async () => (await workbench.quickInput.title()) === `Compare ${mychart}:2.7.0 with`)
    await workbench.screenshot('the question which chart to compare with')
    expect((await workbench.quickInput.choices())[0]).toBe(`${mychart}:2.6.1`)
    await workbench.quickInput.choose(`${signed}:0.1.0`)
    await compared('crds-schema-docs 0.1.0 ↔ mychart 2.7.0', 'README.md')

    await workbench.row('2.7.0').click()
    await workbench.row('2.6.1').click({ modifiers: ['ControlOrMeta'] })
    await workbench.contextMenu('2.6.1', 'Compare With…')
    await compared('mychart 2.6.1 ↔ mychart 2.7.0', 'service.yaml')
    await workbench.screenshot('two versions compared (Dark Modern)')
  })

  async function compared(title: string, file: string): Promise<void> {
    await workbench.doing(`waiting for the comparison ${title}`, async () => {
      await workbench.page.locator('.tabs-container .tab.active', { hasText: title }).waitFor()
      await workbench.page.locator('.multiDiffEditor').getByText(file).first().waitFor()
    })
  }

  it('gives a chart another name in the cache, asks before it replaces one, and says that they are equal', async () => {
    await workbench.contextMenu('2.7.0', 'Copy To…')
    await workbench.quickInput.fill(`${mychart}:stable`)
    await workbench.screenshot('the question where to copy to')
    await workbench.quickInput.choose(`${mychart}:stable`)
    await workbench.screenshot('the question whether to convert')
    await workbench.quickInput.choose('Keep it as it is')
    await workbench.notification(`Copied ${mychart}:2.7.0 to ${mychart}:stable.`)
    await workbench.row('stable').waitFor()
    await workbench.contextMenu('2.6.1', 'Copy To…')
    await workbench.quickInput.fill(`${mychart}:stable`)
    await workbench.quickInput.items.filter({ hasText: 'replaces stable' }).first().waitFor()
    await workbench.quickInput.choose(`${mychart}:stable`)
    await workbench.quickInput.choose('Convert for Helm 3.7')
    const question = await workbench.answerDialog('Replace')
    await workbench.notification(`Copied ${mychart}:2.6.1 to ${mychart}:stable.`)

    expect(question).toContain(`Replace ${mychart}:stable?`)
    expect(await cache.require(`${mychart}:stable`)).toMatchObject({ version: '2.6.1', format: 'modern' })
    await workbench.row('stable').click()
    await workbench.row('2.6.1').click({ modifiers: ['ControlOrMeta'] })
    await workbench.contextMenu('stable', 'Compare With…')
    await workbench.notification('The charts are equal')
  })

  it('copies a remote chart to another place at its registry, without saving it', async () => {
    const before = await cache.names()
    await workbench.openView('Registries')
    await workbench.expand(host)
    await workbench.expand('myrepo')
    await workbench.expand('mychart')
    await workbench.row('1.0.0').waitFor()
    await workbench.contextMenu('1.0.0', 'Copy To…')
    await workbench.quickInput.fill(`${host}/copies/mychart:1.0.0`)
    await workbench.quickInput.items.filter({ hasText: 'creates copies/mychart' }).first().waitFor()
    await workbench.quickInput.choose(`${host}/copies/mychart:1.0.0`)
    await workbench.quickInput.choose('Keep it as it is')
    await workbench.notification(`Copied ${host}/myrepo/mychart:1.0.0 to ${host}/copies/mychart:1.0.0.`)
    await workbench.contextMenu('1.0.0', 'Copy To…')
    await workbench.quickInput.fill(`${host}/myrepo/taken:1.0.0`)
    await workbench.quickInput.items.filter({ hasText: 'replaces 1.0.0' }).first().waitFor()
    await workbench.quickInput.choose(`${host}/myrepo/taken:1.0.0`)
    await workbench.quickInput.choose('Keep it as it is')
    await workbench.page.locator('.monaco-dialog-box').waitFor()
    await workbench.screenshot('the question before a copy replaces a chart')
    await workbench.answerDialog('Replace')
    await workbench.notification(`Copied ${host}/myrepo/mychart:1.0.0 to ${host}/myrepo/taken:1.0.0.`)

    expect(await digestAt(host, 'myrepo/taken')).toBe(await digestAt(host, 'myrepo/mychart'))
    expect(await digestAt(host, 'copies/mychart')).toBe(await digestAt(host, 'myrepo/mychart'))
    expect(await cache.names()).toEqual(before)
    await workbench.collapse(host)
  })

  it('says whose signature a chart has, and marks one that is not what was signed', async () => {
    await workbench.openView('Cached Charts')
    await workbench.setTheme('Light Modern')
    expect(await workbench.menuOf('0.1.0')).toContain('Verify Signature…')
    expect(await workbench.menuOf('2.7.0')).not.toContain('Verify Signature…')

    await workbench.contextMenu('0.1.0', 'Verify Signature…')
    await workbench.quickInput.choose('Choose a key ring…')
    await workbench.quickInput.choosePath(keyring, 'Use This Key Ring')
    await workbench.notification(
      `${signed}:0.1.0 is what was signed by Fixture Signer <signer@example.com>. Key: D382987A97AF727B9F7CFF2C4A55FDE2A467EDA1.`,
    )
    await workbench.contextMenu('other', 'Verify Signature…')
    await workbench.quickInput.choose('The key ring used last')
    await workbench.notification(`${signed}:other does not match its provenance file`)
    await workbench.row('other').locator('.label-description', { hasText: 'does not match' }).waitFor()
    await workbench.screenshot('a signature that is good and one that is not (Light Modern)')
    await workbench.tooltip('0.1.0', /Fixture Signer/)
    await workbench.screenshot('the tooltip of a chart whose signature is good')
    await workbench.contextMenu('other', 'Show Details')
    await workbench.preview().getByText('Yes, but it does not match').waitFor()
    await workbench.screenshot('the details of a chart that is not what was signed')
  })

  it('verifies the cache: what is sound, and what is damaged and how', async () => {
    await workbench.setTheme('Dark Modern')
    await workbench.titleMenu('Cached Charts', 'Verify Cache')
    const { references, blobs, bytes } = await verifyCache(cache)
    await workbench.notification(
      `The cache is sound: ${references} charts, ${blobs} blobs, ${formatSize(bytes)}.`,
    )
    await damageLayer(cache, `${mychart}:2.7.0`)

    await workbench.titleMenu('Cached Charts', 'Verify Cache')
    await workbench.notification(`The layer of ${mychart}:2.7.0 is damaged`)
    await workbench.row('2.7.0').locator('.label-description', { hasText: 'damaged' }).waitFor()
    expect(await workbench.menuOf('2.7.0')).toContain('Verify Cache')
    await workbench.screenshot('a damaged chart after the cache was verified (Dark Modern)')
    await workbench.clickNotificationAction(`The layer of ${mychart}:2.7.0 is damaged`, 'Show Report')
    await workbench.preview().getByRole('heading', { name: 'What is wrong' }).waitFor()
    await workbench.screenshot('the report of a damaged cache (Dark Modern)')
    await save(cache, `${mychart}:2.7.0`, '2.7.0')
  })
})

describe('a window on a cache that another program works on', () => {
  let workbench: Workbench
  let cache: ChartCache

  beforeAll(async () => {
    const cacheHome = await temporaryDirectory()
    cache = cacheIn(cacheHome)
    await save(cache, `${mychart}:1.0.0`, '1.0.0')
    workbench = await openWorkbench({ cacheHome, theme: 'Light Modern' })
    await workbench.openView('Cached Charts')
    await workbench.expand(mychart)
    await workbench.row('1.0.0').waitFor()
  })

  it('offers back what the other program dropped, and neither restores nor forgets it unasked', async () => {
    const helm = await HelmCommand.begin(cache.root)
    await save(cache, `${mychart}:2.0.0`, '2.0.0')
    await save(cache, `${mychart}:3.0.0`, '3.0.0')
    await helm.end()

    await workbench.row('2 charts disappeared').waitFor()
    expect((await workbench.rows()).at(-1)).toBe('2 charts disappeared another program rewrote the index')
    await workbench.expand('2 charts disappeared')
    await workbench.row('mychart:2.0.0').hover()
    await workbench.screenshot('charts that could come back (Light Modern)')
    expect(await workbench.notifications()).toEqual([])

    await workbench.clickAction('Restore Disappeared Chart', 'mychart:3.0.0')
    await workbench.row('3.0.0').waitFor()
    await workbench.clickAction('Forget Disappeared Chart…', '1 chart disappeared')
    await workbench.page.locator('.monaco-dialog-box').waitFor()
    await workbench.screenshot('the question before a chart is forgotten')
    await workbench.answerDialog('Forget')
    await workbench.row('1 chart disappeared').waitFor({ state: 'detached' })

    expect(await cache.names()).toEqual([`${mychart}:1.0.0`, `${mychart}:3.0.0`])
    expect(await cache.offers()).toEqual([])
  })

  it('says what is missing of a chart that cannot come back, and lets it be forgotten', async () => {
    const helm = await HelmCommand.begin(cache.root)
    const { digest } = await save(cache, `${mychart}:4.0.0`, '4.0.0')
    await workbench.row('4.0.0').waitFor()
    await rm(join(cache.root, 'blobs', 'sha256', hexOf(digest)))
    await helm.end()

    await workbench.row('1 chart disappeared').waitFor()
    await workbench.expand('1 chart disappeared')
    await workbench
      .row('mychart:4.0.0')
      .locator('.label-description', { hasText: 'cannot be restored: The chart layer is missing' })
      .waitFor()
    await workbench.screenshot('a chart that cannot come back (Light Modern)')
    const menu = await workbench.menuOf('mychart:4.0.0')
    await workbench.clickAction('Forget Disappeared Chart…', 'mychart:4.0.0')
    await workbench.answerDialog('Forget')
    await workbench.row('1 chart disappeared').waitFor({ state: 'detached' })

    expect(menu).toContain('Forget Disappeared Chart…')
    expect(menu).not.toContain('Restore Disappeared Chart')
    expect(await cache.offers()).toEqual([])
  })

  it('removes what nothing needs any more, after it said how much that is', async () => {
    await workbench.titleMenu('Cached Charts', 'Remove Unused Blobs…')
    await workbench.page
      .locator('.part.statusbar')
      .getByText(/^Nothing to remove yet: \d+ blobs unused, younger than 24 hours\.$/)
      .waitFor()
    // As if somebody had looked two days ago.
    const { waiting } = await pruneCache(cache, { dryRun: true, now: Date.now() - 2 * day })
    const size = formatSize(waiting.reduce((sum, blob) => sum + blob.size, 0))

    await workbench.titleMenu('Cached Charts', 'Remove Unused Blobs…')
    await workbench.page.locator('.monaco-dialog-box').waitFor()
    await workbench.screenshot('the question before blobs are removed')
    const question = await workbench.answerDialog('Remove')
    await workbench.notification(`Removed ${waiting.length} unused blobs (${size}).`)

    expect(question).toContain(`Remove ${waiting.length} unused blobs (${size})?`)
    expect(question).toContain('They are kept in the trash for 7 days.')
    expect(await pruneCache(cache, { dryRun: true })).toMatchObject({ swept: [], waiting: [] })
  })

  it('repairs an index that cannot be read, keeps the old one, and tells what it did', async () => {
    const index = join(cache.root, 'index.json')
    const broken = (await readFile(index, 'utf8')).slice(0, -20)
    await writeFile(index, broken)
    const repair = workbench.sideBar.getByRole('button', { name: 'Verify and Repair…' })
    await repair.waitFor()
    await workbench.screenshot('an index that cannot be read (Light Modern)')

    await repair.click()
    await workbench.page.locator('.monaco-dialog-box').waitFor()
    await workbench.screenshot('the question before a cache is repaired')
    const question = await workbench.answerDialog('Repair')
    await workbench.row(mychart).waitFor()
    await workbench.clickNotificationAction('The cache is repaired.', 'Show Report')
    await workbench.preview().getByRole('heading', { name: 'Done' }).waitFor()
    await workbench.screenshot('the report of a repair (Light Modern)')

    expect(question).toContain('index.json is damaged')
    expect(await cache.names()).toEqual([`${mychart}:1.0.0`, `${mychart}:3.0.0`])
    const kept = (await readdir(join(cache.root, '.chartroom'))).filter((name) => name.startsWith('index-'))
    expect(kept).toHaveLength(1)
    expect(await readFile(join(cache.root, '.chartroom', kept[0] ?? ''), 'utf8')).toBe(broken)
  })
})

function cacheIn(cacheHome: string): ChartCache {
  return new ChartCache(join(cacheHome, 'registry', 'cache'))
}

async function save(
  cache: ChartCache,
  reference: string,
  version: string,
  files: ChartFiles = {},
): Promise<SavedChart> {
  return await saveChart(
    cache,
    await writeChart(await temporaryDirectory(), 'mychart', version, files),
    reference,
  )
}

/** An archive that a Helm version packed, with the signature that Helm 4.3.1 made of its own. */
async function signedArchive(version: '3.22.0' | '4.3.1'): Promise<string> {
  const name = 'crds-schema-docs-0.1.0.tgz'
  const archive = join(await temporaryDirectory(), name)
  await copyFile(fixture('modern', `helm-${version}`, name), archive)
  await copyFile(fixture('modern', 'helm-4.3.1', `${name}.prov`), `${archive}.prov`)
  return archive
}

async function pushTo(host: string, repository: string, tag: string, files: ChartFiles = {}): Promise<void> {
  const cache = cacheIn(await temporaryDirectory())
  const reference = `${host}/${repository}:${tag}`
  await save(cache, reference, tag, files)
  await pushChart(cache, new Registries({ findCredential: () => Promise.resolve(undefined) }), reference)
}

async function digestAt(host: string, repository: string): Promise<string | null> {
  const { headers } = await fetch(`http://${host}/v2/${repository}/manifests/1.0.0`, {
    method: 'HEAD',
    headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
  })
  return headers.get('docker-content-digest')
}

/** Changes a byte in the middle of a chart's layer; its length stays. */
async function damageLayer(cache: ChartCache, reference: string): Promise<void> {
  const { digest } = await cache.require(reference)
  const path = join(cache.root, 'blobs', 'sha256', hexOf(digest))
  const bytes = await readFile(path)
  bytes[bytes.length >> 1]! ^= 0xff
  await writeFile(path, bytes)
}
