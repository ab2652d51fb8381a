import { join } from 'node:path'
import { l10n, Uri, window } from 'vscode'
import { missingDependencies, type Metadata } from '../../../core/index.ts'
import { limits } from '../../adapters/settings.ts'
import type { App } from '../../app.ts'
import type { Purpose } from './placeQuestion.ts'
import { listText } from '../../listText.ts'
import { confirm } from './confirm.ts'
import { dismissed } from './dismissed.ts'

/**
 * Asks before a chart is saved or pushed that declares charts which it does not hold: Helm would refuse to install it.
 * @throws ChartroomError `cancelled` where it is not wanted
 */
export async function confirmDependencies(
  app: App,
  path: string,
  { name, apiVersion }: Metadata,
  purpose: Purpose,
): Promise<void> {
  const missing = await missingDependencies(path, { log: app.log, limits: limits() })
  if (missing.length === 0) return
  const file = apiVersion === 'v1' ? 'requirements.yaml' : 'Chart.yaml'
  const names = listText(missing)
  const anyway = purpose === 'push' ? l10n.t('Push Anyway') : l10n.t('Save Anyway')
  const open = l10n.t('Open {0}', file)
  const answer = await confirm({
    question: l10n.t('{0} lacks dependencies', name),
    detail:
      missing.length === 1
        ? l10n.t('{0} declares {1}, but charts/ does not hold it.', file, names)
        : l10n.t('{0} declares {1}, but charts/ does not hold them.', file, names),
    answers: path.endsWith('.tgz') ? [anyway] : [anyway, open],
  })
  if (answer === anyway) return
  await window.showTextDocument(Uri.file(join(path, file)))
  throw dismissed()
}
