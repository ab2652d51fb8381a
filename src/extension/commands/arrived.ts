import type { App } from '../app.ts'

/** A chart has come to a registry: its repository is remembered, and read anew where the tree has it. */
export function arrived(app: App, reference: string): void {
  void app.repositories.remember(reference)
  void app.registriesView.refreshRepository(reference)
}
