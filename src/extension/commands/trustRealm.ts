import type { App } from '../app.ts'
import { isRegistryNode } from '../views/registryNodes.ts'
import { offerTrust } from './questions/offerTrust.ts'
import { hostNamed, realmNamed } from './subject.ts'

/** Asks whether a registry's login may go to the server that it names; where it may, the registry is asked again. */
export async function trustRealm(app: App, argument?: unknown): Promise<void> {
  // What a row is handed over as may be older than what it shows.
  const about = isRegistryNode(argument) ? app.registriesView.latest(argument) : argument
  const [host, realm] = [hostNamed(about), realmNamed(about)]
  if (host !== undefined && realm !== undefined) await offerTrust(app, { host, realm })
}
