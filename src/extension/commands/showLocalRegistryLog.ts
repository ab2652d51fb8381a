import type { App } from '../app.ts'

/** Shows what the local registry says. */
export async function showLocalRegistryLog(app: App): Promise<void> {
  await app.localRegistry.refresh({ log: app.log })
  await app.localRegistry.showLog()
}
