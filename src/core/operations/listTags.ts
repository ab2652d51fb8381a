import type { OperationOptions } from '../base/progress.ts'
import type { Pages } from '../registry/lists/pages.ts'
import type { Registries } from '../registry/registries.ts'
import { parseReference } from '../oci/reference.ts'

/**
 * The tags of a repository as people write them, in the registry's order, without those that only stand for signatures
 * and other attachments. One page is one request, sent when the page is asked for, and may be empty.
 *
 * Reading a page fails with `not-found` where there is no such repository, with `unauthorized`, `unavailable`, …
 *
 * @param repository for example `localhost:5000/myrepo/mychart`
 * @throws ChartroomError `invalid-reference`
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags
 */
export function listTags(registries: Registries, repository: string, options: OperationOptions = {}): Pages {
  return registries.repository(parseReference(repository)).tagPages(options)
}
