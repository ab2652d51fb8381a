import type { Pages } from '../registry/lists/pages.ts'
import type { Registries } from '../registry/registries.ts'
import type { CatalogueOptions } from '../registry/registry.ts'
import { parseHost } from '../oci/reference.ts'

/**
 * The repositories of a registry, in its order, page by page, each asked for when it is read: by the common catalogue or,
 * where the registry is Docker Hub, GitHub's, Harbor or GitLab, by its own list, for which the first page may take three
 * requests.
 *
 * Reading a page fails with `unauthorized` or `forbidden` where the catalogue is not for everybody, with `not-found` or
 * `unsupported` where there is none, with `unavailable`, `tls`, … where the registry cannot be asked.
 *
 * @param host for example `localhost:5000`
 * @param options with the namespaces that are known, `acme`, because some registries list by namespace
 * @throws ChartroomError `invalid-reference` where the host is none
 * @see https://distribution.github.io/distribution/spec/api/#listing-repositories
 */
export function listRepositories(
  registries: Registries,
  host: string,
  options: CatalogueOptions = {},
): Pages {
  return registries.registry(parseHost(host)).repositories(options)
}
