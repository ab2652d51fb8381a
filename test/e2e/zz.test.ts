import { execSync } from 'node:child_process'
import { it } from 'vitest'
import { startDockerRegistry } from '../support/dockerRegistry.ts'
import { writeChart } from '../support/sampleChart.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { until } from '../support/waiting.ts'
import { openWorkbench } from '../support/workbench.ts'
it('debug', async () => {
  const registry = await startDockerRegistry()
  const ws = await temporaryDirectory()
  await writeChart(ws, 'mychart'); await writeChart(ws, 'other')
  const w = await openWorkbench({ workspaceFolder: ws, settings: { 'chartroom.x': 1 } })
  const reference = `${registry.host}/myrepo/mychart:0.1.0`
  try {
    for (const f of ['mychart', 'other']) {
      await w.openExplorer()
      await w.row(f).first().waitFor()
      await until(async () => (await w.menuOf(f)).includes('Push Chart…'))
      await w.contextMenu(f, 'Push Chart…')
      await w.quickInput.fill(reference)
      await w.quickInput.choose(reference)
      if (f === 'mychart') await w.notification('Pushed')
    }
    await w.screenshot('dbg1')
    console.log(await w.answerDialog('Replace'))
    await new Promise((r) => setTimeout(r, 3000))
    await w.screenshot('dbg2')
  } finally {
    console.log(execSync(`find ${w.home} -path '*chartroom.chartroom*' -name '*.log' -exec cat {} + ; tail -n 30 ${w.home}/vscode/data/logs/*/exthost1/remoteexthost.log`).toString())
  }
})
