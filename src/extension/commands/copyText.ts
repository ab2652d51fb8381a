import { env, l10n, window } from 'vscode'
import { inspectTag } from '../../core/index.ts'
import type { App } from '../app.ts'
import { countText } from '../counts.ts'
import { hostOf } from '../hostOf.ts'
import { plainText } from '../plainText.ts'
import { isRegistryNode, type RemoteTagNode } from '../views/registryNodes.ts'
import { atRegistry } from './atRegistry.ts'
import { pickChart, pickEntry } from './questions/pickChart.ts'
import { chartsMeant, isRow, namesMeant, rowsMeant } from './subject.ts'

/** Copies the references of charts, or the names of repositories, one a line. */
export async function copyReference(
  app: App,
  argument?: unknown,
  selection: readonly unknown[] = [],
): Promise<void> {
  const names = namesMeant(argument, selection)
  // A row that has no name, as a folder of a chart, is no question about another chart.
  if (names.length === 0 && isRow(argument)) return
  await copy(
    names.length > 0 ? names : [(await pickEntry(app, l10n.t('Copy the reference of a chart'))).reference],
  )
}

/** Copies the digests of charts' contents, whole, one a line; of what is no chart, that of its manifest. */
export async function copyDigest(
  app: App,
  argument?: unknown,
  selection: readonly unknown[] = [],
): Promise<void> {
  const references = chartsMeant(argument, selection)
  if (references.length === 0) {
    if (!isRow(argument)) await copy([(await pickChart(app, l10n.t('Copy the digest of a chart'))).digest])
    return
  }
  const known = new Map<string, RemoteTagNode>()
  for (const row of rowsMeant(argument, selection)) {
    if (isRegistryNode(row) && row.kind === 'remoteTag') known.set(row.reference, row)
  }
  const digests: string[] = []
  for (const reference of references) {
    // The cache may have another chart under the name of a remote one.
    const row = known.get(reference)
    digests.push(await (row === undefined ? digestOf(app, reference) : remoteDigest(app, row)))
  }
  await copy(digests)
}

async function digestOf(app: App, reference: string): Promise<string> {
  const isCached = (await app.cache.find(reference, { log: app.log })) !== undefined
  return isCached || hostOf(reference) === undefined
    ? (await app.cache.require(reference, { log: app.log })).digest
    : await remoteDigest(app, { reference })
}

async function remoteDigest(
  app: App,
  { reference, details }: Pick<RemoteTagNode, 'reference' | 'details'>,
): Promise<string> {
  const known = details === undefined ? {} : { known: details }
  const inspected = await atRegistry(
    app,
    { reference, title: l10n.t('Looking at {0}', reference), view: 'chartroom.registries' },
    async (options) => await inspectTag(app.registries, reference, { ...options, ...known }),
  )
  return inspected.kind === 'chart' ? inspected.digest : inspected.manifestDigest
}

async function copy(texts: readonly string[]): Promise<void> {
  await env.clipboard.writeText(texts.join('\n'))
  const text =
    texts.length === 1
      ? l10n.t('Copied {0}', texts[0] ?? '')
      : l10n.t('Copied {0} lines', countText(texts.length))
  window.setStatusBarMessage(plainText(text), 3000)
}
