import type { OperationOptions } from '../progress.ts'
import type { Pages } from '../registry/pages.ts'
import type { Registries } from '../registry/registries.ts'
import { parseHost } from '../oci/reference.ts'

/**
 * The repositories of a registry, in its order, page by page: one page is one request, sent when the page is asked for.
 *
 * Reading a page fails with `unauthorized` or `forbidden` where the catalogue is not for everybody, with `not-found` or
 * `unsupported` where there is none, with `unavailable`, `tls`, … where the registry cannot be asked.
 *
 * @param host for example `localhost:5000`
 * @throws ChartroomError `invalid-reference` where the host is none
 * @see https://distribution.github.io/distribution/spec/api/#listing-repositories
 */
export function listRepositories(
  registries: Registries,
  host: string,
  options: OperationOptions = {},
): Pages {
  return registries.registry(parseHost(host)).repositories(options)
}
