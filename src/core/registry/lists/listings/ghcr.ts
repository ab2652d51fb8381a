import { isRepository } from '../../../oci/reference.ts'
import { ListPages, namesUnder } from '../listPages.ts'
import { catalogueScope } from '../../login/scope.ts'
import { namespaceMissing } from './dockerHub.ts'
import { namespacesOf, type Listing } from './listing.ts'
import { knownPage, NestedPages } from './nestedPages.ts'

/**
 * GitHub's registry has one catalogue of everybody's repositories, in which a namespace stands together: it is read from
 * there on as long as its names come. It wants a login with a personal access token. Names come in the case in which
 * people wrote them, while references are in lower case.
 */
export const ghcr: Listing = {
  name: 'GitHub Container Registry',
  isFor: ({ host }) => host === 'ghcr.io',
  open: (place, options) => {
    const namespaces = namespacesOf(place)
    if (namespaces.length === 0) throw namespaceMissing(place.host)
    return new NestedPages(`The list of ${place.host}`, knownPage(namespaces), (namespace) => {
      const isInside = (name: string): boolean => name.toLowerCase().startsWith(`${namespace}/`)
      return new ListPages(
        {
          client: place.client,
          request: {
            method: 'GET',
            to: pageAfter(`${namespace}/`),
            scope: catalogueScope,
            expect: [200],
            what: `The list of ${namespace} at ${place.host}`,
          },
          namesIn: namesUnder('repositories'),
          nextOf: ({ names }) => {
            const last = names.at(-1)
            return last !== undefined && isInside(last) ? pageAfter(last) : undefined
          },
          show: (name) => (isInside(name) ? name.toLowerCase() : undefined),
          isName: isRepository,
        },
        options,
      )
    })
  },
}

function pageAfter(last: string): string {
  return `/v2/_catalog?${new URLSearchParams({ n: '100', last }).toString()}`
}
