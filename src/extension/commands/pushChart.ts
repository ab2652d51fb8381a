import { env, l10n, window } from 'vscode'
import {
  ChartroomError,
  kindOf,
  parseReference,
  pushChart as push,
  shortDigest,
  isDigest,
} from '../../core/index.ts'
import type { PushedChart, SoundChart } from '../../core/index.ts'
import { Stopped, type Remains } from '../adapters/stopped.ts'
import { withProgress } from '../adapters/progress.ts'
import type { App } from '../app.ts'
import { withLogin } from './login.ts'
import { dismissed, pickChart, referenceOf } from './prompts.ts'
import { announce } from './runCommand.ts'

/** Pushes a chart of the cache to the registry that its reference names. */
export async function pushChart(app: App, argument?: unknown): Promise<void> {
  const reference = referenceOf(argument)
  const chart =
    reference === undefined
      ? await pickChart(app, l10n.t('Push a chart'))
      : await app.cache.require(reference, { log: app.log })
  await pushSaved(app, chart)
}

/**
 * Pushes a chart with progress and a Cancel button, asks for a login where the registry wants one, and asks before it
 * replaces another chart.
 *
 * @param remains what a person is told who stops it
 */
export async function pushSaved(app: App, chart: SoundChart, remains?: Remains): Promise<void> {
  const { name, version, reference } = chart
  const { host } = parseReference(reference)
  const title = l10n.t('Pushing {0} {1}', name, version)
  const attempt = async (overwrite: boolean): Promise<PushedChart> =>
    await withLogin(
      app,
      host,
      async () =>
        await withProgress(
          app,
          title,
          async (options) => await push(app.cache, app.registries, reference, { ...options, overwrite }),
        ),
    )
  try {
    const taken = await takenBy(attempt(false))
    if (taken !== undefined) {
      await confirmReplace(taken, reference)
      await attempt(true)
    }
  } catch (error) {
    // Whichever question or progress was closed, the chart stays in the cache.
    if (kindOf(error) === 'cancelled' && remains !== undefined) throw new Stopped(remains)
    throw error
  }
  announce(app, l10n.t('Pushed {0} {1} to {2}.', name, version, host), {
    title: l10n.t('Copy Reference'),
    run: async () => {
      await env.clipboard.writeText(reference)
    },
  })
}

/** What stands in the way of a push; `undefined` where it went through. */
async function takenBy(attempt: Promise<unknown>): Promise<ChartroomError | undefined> {
  try {
    await attempt
    return undefined
  } catch (error) {
    if (error instanceof ChartroomError && error.kind === 'target-exists') return error
    throw error
  }
}

async function confirmReplace({ evidence: { actual } }: ChartroomError, reference: string): Promise<void> {
  const detail = isDigest(actual)
    ? l10n.t('It holds another chart ({0}).', shortDigest(actual))
    : l10n.t('It holds another chart.')
  const replace = l10n.t('Replace')
  const answer = await window.showWarningMessage(
    l10n.t('Replace {0}?', reference),
    { modal: true, detail },
    replace,
  )
  if (answer !== replace) throw dismissed()
}
