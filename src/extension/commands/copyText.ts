import { env, l10n, window } from 'vscode'
import type { App } from '../app.ts'
import { isCacheNode } from '../views/cacheNodes.ts'
import { pickChart, pickEntry, referenceOf } from './prompts.ts'

/** Copies the reference of a chart, or the name of a repository. */
export async function copyReference(app: App, argument?: unknown): Promise<void> {
  const name = isCacheNode(argument) && argument.kind === 'repository' ? argument.name : referenceOf(argument)
  // A row that has neither, as a folder of a chart, is no question about another chart.
  if (name === undefined && isCacheNode(argument)) return
  await copy(name ?? (await pickEntry(app, l10n.t('Copy the reference of a chart'))).reference)
}

/** Copies the digest of a chart's content, whole. */
export async function copyDigest(app: App, argument?: unknown): Promise<void> {
  const reference = referenceOf(argument)
  const chart =
    reference === undefined
      ? await pickChart(app, l10n.t('Copy the digest of a chart'))
      : await app.cache.require(reference, { log: app.log })
  await copy(chart.digest)
}

async function copy(text: string): Promise<void> {
  await env.clipboard.writeText(text)
  window.setStatusBarMessage(l10n.t('Copied {0}', text), 3000)
}
