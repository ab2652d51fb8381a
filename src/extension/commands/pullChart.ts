import { l10n, window } from 'vscode'
import { parseReference, pullChart as pull } from '../../core/index.ts'
import { withProgress } from '../adapters/progress.ts'
import type { App } from '../app.ts'
import { withLogin } from './login.ts'
import { askReference, referenceOf } from './prompts.ts'
import { announce } from './runCommand.ts'

/** Pulls a chart into the cache. From a row, its reference stands in the box already. */
export async function pullChart(app: App, argument?: unknown): Promise<void> {
  const reference =
    typeof argument === 'string'
      ? argument
      : await askReference(l10n.t('Pull a chart'), referenceOf(argument))
  const { host } = parseReference(reference)
  const pulled = await withLogin(
    app,
    host,
    async () =>
      await withProgress(
        app,
        l10n.t('Pulling {0}', reference),
        async (options) => await pull(app.cache, app.registries, reference, options),
      ),
  )
  if (pulled.isNewer) announce(app, l10n.t('Pulled {0}.', pulled.reference))
  else window.setStatusBarMessage(l10n.t('{0} is up to date.', pulled.reference), 3000)
}
