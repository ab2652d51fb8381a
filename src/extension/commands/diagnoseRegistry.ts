import { env, l10n, workspace } from 'vscode'
import { diagnoseRegistry as diagnose, parseHost, type Diagnosis } from '../../core/index.ts'
import { editorProxy } from '../adapters/editorProxy.ts'
import { withProgress } from '../adapters/progress.ts'
import type { App } from '../app.ts'
import { diagnosisPage, diagnosisText } from '../documents/diagnosisPage.ts'
import { askHost } from './questions/askHost.ts'
import { announce, caution } from './runCommand.ts'
import { hostNamed } from './subject.ts'

/**
 * Looks at the connection to a registry and shows what came of it. In Restricted Mode this is done as nobody: no login is
 * looked for or sent.
 */
export async function diagnoseRegistry(app: App, argument?: unknown): Promise<void> {
  const title = l10n.t('Diagnose the connection to a registry')
  const host = parseHost(hostNamed(argument) ?? (await askHost(app, { title })))
  const diagnosis = await withProgress(
    app,
    l10n.t('Looking at the connection to {0}', host),
    async (options) => await examine(app, host, options),
    'chartroom.registries',
  )
  await app.reports.showConnection(host, diagnosisPage(diagnosis))
  const { works, message } = diagnosis.verdict
  const copy = {
    title: l10n.t('Copy Report'),
    run: async () => {
      await env.clipboard.writeText(diagnosisText(diagnosis))
    },
  }
  if (works) announce(app, message, copy)
  else caution(app, message, copy)
}

async function examine(app: App, host: string, options: Parameters<typeof diagnose>[2]): Promise<Diagnosis> {
  return await diagnose(app.registries, host, {
    ...options,
    program: app.program,
    editorProxy: editorProxy(),
    anonymous: !workspace.isTrusted,
    settingsFrom: (name) => app.hosts.sourceOf(host, name),
  })
}
