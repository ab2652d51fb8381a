import { l10n } from 'vscode'
import {
  deleteFromRegistry as deletePlanned,
  planDeletion,
  type DeletedFromRegistry,
} from '../../core/index.ts'
import type { App } from '../app.ts'
import { countText } from '../counts.ts'
import { atRegistry } from './atRegistry.ts'
import { forEach } from './forEach.ts'
import { confirmDeletion } from './questions/confirmDeletion.ts'
import { remoteChartsFor } from './questions/remoteChartsFor.ts'
import { requireTrust } from './requireTrust.ts'
import { announce } from './runCommand.ts'

/** Deletes charts, or whatever has a tag, from their registries, after it has named what goes along. */
export async function deleteFromRegistry(
  app: App,
  argument?: unknown,
  selection: readonly unknown[] = [],
): Promise<void> {
  requireTrust(l10n.t('Nothing is deleted from a registry while the workspace is in Restricted Mode.'))
  const references = await remoteChartsFor(
    app,
    argument,
    selection,
    l10n.t('Delete a chart from its registry'),
  )
  await forEach(app, references, async (reference) => await deleteOne(app, reference), {
    one: ({ tags, reference, repository }) => {
      const text =
        tags.length > 1
          ? l10n.t('Deleted {0} tags from {1}.', countText(tags.length), repository)
          : l10n.t('Deleted {0}.', reference)
      announce(app, text)
    },
    all: ({ length }) => l10n.t('Deleted {0} charts from their registries.', countText(length)),
    some: (done, total) =>
      l10n.t('Deleted {0} of {1} charts from their registries', countText(done), countText(total)),
  })
}

async function deleteOne(app: App, reference: string): Promise<DeletedFromRegistry> {
  const view = 'chartroom.registries'
  const plan = await atRegistry(
    app,
    { reference, title: l10n.t('Looking for the tags that share {0}', reference), view },
    async (options) => await planDeletion(app.registries, reference, options),
  )
  const tagOnly = await confirmDeletion(plan)
  try {
    return await atRegistry(
      app,
      { reference, title: l10n.t('Deleting {0}', reference), view },
      async (options) => await deletePlanned(app.registries, plan, { ...options, tagOnly }),
    )
  } finally {
    // Some of it may be gone even where it failed.
    void app.registriesView.refreshRepository(reference)
  }
}
