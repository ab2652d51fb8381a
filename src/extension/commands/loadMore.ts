import type { App } from '../app.ts'
import { isRegistryNode } from '../views/registryNodes.ts'

/** Shows what stands behind the end of a list that goes on. */
export async function loadMore(app: App, row?: unknown): Promise<void> {
  if (isRegistryNode(row) && row.kind === 'more') app.registriesView.more(row)
  await Promise.resolve()
}
