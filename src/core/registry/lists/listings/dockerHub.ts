import { ChartroomError } from '../../../base/errors.ts'
import { isRepository } from '../../../oci/reference.ts'
import { isDockerHub } from '../../dockerHub.ts'
import { ListPages } from '../listPages.ts'
import { memberOf } from '../../transport/readBody.ts'
import { namespacesOf, type Listing } from './listing.ts'
import { knownPage, NestedPages } from './nestedPages.ts'

/**
 * Docker Hub issues no token for a catalogue. Its website has a list for each namespace, on another host, which is asked
 * without the login: private repositories are not in it.
 *
 * @see https://docs.docker.com/reference/api/hub/latest/
 */
export const dockerHub: Listing = {
  name: 'Docker Hub',
  isFor: ({ host }) => isDockerHub(host),
  open: (place, options) => {
    const namespaces = namespacesOf(place)
    if (namespaces.length === 0) throw namespaceMissing(place.host)
    const client = place.other(new URL('https://hub.docker.com'))
    return new NestedPages(
      `The list of ${place.host}`,
      knownPage(namespaces),
      (namespace) =>
        new ListPages(
          {
            client,
            request: {
              method: 'GET',
              to: `/v2/repositories/${namespace}/?page_size=100`,
              expect: [200],
              what: `The list of ${namespace} at Docker Hub`,
            },
            namesIn: (body) => namesIn(body, namespace),
            nextOf: ({ body }) => {
              const next = memberOf(body, 'next')
              return typeof next === 'string' ? next : undefined
            },
            isName: isRepository,
          },
          options,
        ),
    )
  },
}

/** What registries say that list one namespace at a time, when no namespace is known. */
export function namespaceMissing(host: string): ChartroomError {
  return new ChartroomError('unsupported', {
    message: `${host} lists the repositories of one namespace at a time, and none is known.`,
    advice: 'Log in, or pin a repository of the namespace.',
    host,
  })
}

function namesIn(body: unknown, namespace: string): string[] | undefined {
  const results = memberOf(body, 'results')
  if (!Array.isArray(results)) return undefined
  return results.flatMap((result) => {
    const name = memberOf(result, 'name')
    return typeof name === 'string' ? `${namespace}/${name}` : []
  })
}
