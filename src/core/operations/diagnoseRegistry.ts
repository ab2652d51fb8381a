import type { Diagnosis } from '../registry/diagnosis/diagnosis.ts'
import type { DiagnoseOptions } from '../registry/diagnosis/examination.ts'
import type { Registries } from '../registry/registries.ts'
import { parseHost } from '../oci/reference.ts'

/**
 * Looks at the connection to a registry, from its settings to its catalogue: each step says what it found and how long
 * it took, and one that fails does not keep the others from saying what they can. Nothing is changed, and a login goes only
 * where every other operation would send it.
 *
 * @param host for example `localhost:5000`
 * @throws ChartroomError `invalid-reference` where the host is none; the reason of the aborted signal. Whatever is wrong
 *   with the connection is in the diagnosis.
 */
export async function diagnoseRegistry(
  registries: Registries,
  host: string,
  options: DiagnoseOptions = {},
): Promise<Diagnosis> {
  return await registries.registry(parseHost(host)).diagnose(options)
}
