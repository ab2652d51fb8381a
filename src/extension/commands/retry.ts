import type { App } from '../app.ts'
import { isRegistryNode } from '../views/registryNodes.ts'

/** Asks a registry again for what it did not give. */
export async function retry(app: App, row?: unknown): Promise<void> {
  if (isRegistryNode(row)) await app.registriesView.retry(row)
}
