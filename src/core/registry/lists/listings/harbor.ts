import { isRepository } from '../../../oci/reference.ts'
import type { OperationOptions } from '../../../base/progress.ts'
import { ListPages } from '../listPages.ts'
import type { Pages } from '../pages.ts'
import { memberOf } from '../../transport/readBody.ts'
import { basic } from '../../login/tokenRequest.ts'
import type { Listing, ListingPlace } from './listing.ts'
import { NestedPages } from './nestedPages.ts'

/**
 * Harbor gives its catalogue to system administrators alone. Its own API, on the same host, lists the projects that
 * somebody may see, and the repositories of each; it takes user name and password as they are.
 *
 * @see https://github.com/goharbor/harbor/blob/main/api/v2.0/swagger.yaml
 */
export const harbor: Listing = {
  name: 'Harbor',
  isFor: ({ challenge }) => challenge?.realm.pathname === '/service/token',
  open: (place, options) => {
    const projects = list(place, '/api/v2.0/projects', options, (item) => {
      const name = memberOf(item, 'name')
      // Projects without a repository need no request.
      return typeof name === 'string' && memberOf(item, 'repo_count') !== 0 ? name : undefined
    })
    return new NestedPages(`The list of ${place.host}`, projects, (project) =>
      list(place, `/api/v2.0/projects/${encodeURIComponent(project)}/repositories`, options, (item) => {
        const name = memberOf(item, 'name')
        return typeof name === 'string' ? name : undefined
      }),
    )
  },
}

function list(
  { client, credential, host }: ListingPlace,
  path: string,
  options: OperationOptions,
  nameIn: (item: unknown) => string | undefined,
): Pages {
  return new ListPages(
    {
      client,
      request: {
        method: 'GET',
        to: `${path}?page_size=100`,
        ...(credential === undefined ? {} : { headers: { authorization: basic(credential) } }),
        expect: [200],
        what: `The list of ${host}`,
      },
      namesIn: (body) => (Array.isArray(body) ? body.flatMap((item) => nameIn(item) ?? []) : undefined),
      isName: isRepository,
    },
    options,
  )
}
