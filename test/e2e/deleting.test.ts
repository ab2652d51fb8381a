import { describe, expect, it } from 'vitest'
import { ChartCache, pushChart, Registries, saveChart } from '../../src/core/index.ts'
import { startDockerRegistry } from '../support/dockerRegistry.ts'
import { writeChart } from '../support/sampleChart.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { until } from '../support/waiting.ts'
import { openWorkbench, type Workbench } from '../support/workbench.ts'

describe('Delete from Registry…', () => {
  it('names the tags that go along, deletes them, and shows what is left', async () => {
    const { host } = await startDockerRegistry()
    await pushCharts(host)
    const workbench = await openWorkbench({ theme: 'Light Modern' })
    await browse(workbench, host)

    await workbench.contextMenu('2.7.0', 'Delete from Registry…')
    await workbench.page.locator('.monaco-dialog-box').waitFor()
    await workbench.screenshot('the question before a chart is deleted from a registry')
    const question = await workbench.answerDialog('Delete 3 Tags')
    expect(question).toContain(`Delete 2.7.0 from ${host}/myrepo/mychart?`)
    expect(question).toContain('The tags 2.7 and latest point to the same chart and go with it.')

    await workbench.notification(`Deleted 3 tags from ${host}/myrepo/mychart.`)
    await until(async () => {
      const rows = await workbench.rows()
      return rows.some((row) => row.startsWith('1.0.0 ')) && !rows.some((row) => row.startsWith('2.7'))
    })
  })

  it('is said by what is open of the chart, which stays readable, until the tag is pushed again', async () => {
    const { host } = await startDockerRegistry()
    await pushCharts(host)
    const workbench = await openWorkbench({ theme: 'Dark Modern' })
    await browse(workbench, host)
    await workbench.contextMenu('1.0.0', 'Show Details')
    await workbench.preview().getByRole('heading', { name: 'mychart 1.0.0' }).waitFor()
    await workbench.expand('1.0.0')
    await workbench.row('values.yaml').click()
    const file = await workbench.editor('values.yaml')
    const isStruckThrough = async (): Promise<boolean> =>
      (await workbench.page.locator('.tab.active .strikethrough').count()) > 0
    expect(await isStruckThrough()).toBe(false)

    await workbench.contextMenu('1.0.0', 'Delete from Registry…')
    await workbench.answerDialog('Delete')

    await until(isStruckThrough)
    expect(await file.innerText()).toMatch(/replicas:\s*1/)
    await workbench.screenshot('a file of a chart that was deleted from its registry (Dark Modern)')
    await pushCharts(host)
    await workbench.runCommand('Chartroom: Refresh')
    await until(async () => !(await isStruckThrough()))

    await workbench.page.locator('.tab', { hasText: '1.0.0.md' }).click()
    await workbench.contextMenu('1.0.0', 'Delete from Registry…')
    await workbench.answerDialog('Delete')
    await workbench.preview().getByText('This chart is no longer at its registry.').waitFor()
    await workbench.preview().getByText('replicas: 1').waitFor()
    await workbench.screenshot('the details of a chart that was deleted from its registry (Dark Modern)')
    await pushCharts(host)
    await workbench.runCommand('Chartroom: Refresh')
    await workbench
      .preview()
      .getByText('This chart is no longer at its registry.')
      .waitFor({ state: 'detached' })
  })

  it('says where a registry takes no tag alone away, and where it deletes nothing', async () => {
    const { host } = await startDockerRegistry({ delete: false })
    await pushCharts(host)
    const workbench = await openWorkbench()
    await browse(workbench, host)

    await workbench.contextMenu('1.0.0', 'Delete from Registry…')
    expect(await workbench.answerDialog('Delete')).toContain('This cannot be undone.')
    await workbench.notification(/deleting is switched off there/)
    await workbench.page.keyboard.press('Escape')
    await workbench.contextMenu('latest', 'Delete from Registry…')
    await workbench.answerDialog('Delete Only latest')
    await workbench.notification(/does not take away the tag alone/)
    await workbench.row('latest').waitFor()
  })
})

async function browse(workbench: Workbench, host: string): Promise<void> {
  await workbench.openView('Registries')
  await workbench.runCommand('Chartroom: Add Registry…')
  await workbench.quickInput.answer(host)
  await workbench.row(host).waitFor()
  await workbench.expand('myrepo')
  await workbench.expand('mychart')
  await workbench.row('1.0.0').waitFor()
}

/** 1.0.0; and another chart that is called 2.7.0, 2.7 and latest. */
async function pushCharts(host: string): Promise<void> {
  const registries = new Registries({ findCredential: () => Promise.resolve(undefined) })
  const cache = new ChartCache(await temporaryDirectory())
  for (const [version, tags] of [
    ['1.0.0', ['1.0.0']],
    ['2.7.0', ['2.7.0', '2.7', 'latest']],
  ] as const) {
    const chart = await writeChart(await temporaryDirectory(), 'mychart', version)
    for (const tag of tags) {
      const { reference } = await saveChart(cache, chart, `${host}/myrepo/mychart:${tag}`)
      await pushChart(cache, registries, reference)
    }
  }
}
