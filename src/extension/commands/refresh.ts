import type { App } from '../app.ts'
import { isRegistryNode } from '../views/registryNodes.ts'

/** Reads anew what is below a row of the registries, or all of both views. */
export async function refresh(app: App, row?: unknown): Promise<void> {
  if (isRegistryNode(row)) await app.registriesView.refresh(row)
  else await Promise.all([app.cacheView.refresh(), app.registriesView.refresh()])
}
