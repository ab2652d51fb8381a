import { ChartroomError } from '../../../base/errors.ts'
import { isRepository } from '../../../oci/reference.ts'
import type { OperationOptions } from '../../../base/progress.ts'
import type { RegistryClient } from '../../client.ts'
import { ListPages } from '../listPages.ts'
import type { Pages } from '../pages.ts'
import { memberOf } from '../../transport/readBody.ts'
import { checkReceiver, checkRealm } from '../../login/realm.ts'
import type { Listing } from './listing.ts'
import { NestedPages } from './nestedPages.ts'

/**
 * GitLab grants nobody the catalogue. The API of its website lists the projects of whoever is logged in and the
 * repositories of each; it takes a personal access token, which is the password of a login. The website is where GitLab's
 * registry sends its clients for a token, and gets the login under the same rules.
 *
 * @see https://docs.gitlab.com/api/container_registry/
 */
export const gitlab: Listing = {
  name: 'GitLab',
  isFor: ({ challenge }) => challenge?.realm.pathname === '/jwt/auth',
  open: async ({ host, challenge, credential, other, trustedRealms, checkElsewhere }, options) => {
    if (challenge === undefined || credential === undefined) throw loginMissing(host)
    const asked = { host, ...challenge, trusted: trustedRealms }
    checkRealm(asked)
    await checkReceiver(asked, credential, checkElsewhere)
    const client = other(challenge.realm)
    client.settings.redactor.learn(credential)
    const ask = (path: string, nameIn: (item: unknown) => string | undefined, isName = isRepository): Pages =>
      list({ client, path, token: credential.password, nameIn, isName }, options)
    const projects = ask(
      '/api/v4/projects?membership=true&simple=true&per_page=100',
      (item) => {
        const id = memberOf(item, 'id')
        return typeof id === 'number' ? String(id) : undefined
      },
      (id) => /^\d+$/.test(id),
    )
    return new NestedPages(`The list of ${host}`, projects, (project) =>
      ask(`/api/v4/projects/${project}/registry/repositories?per_page=100`, (item) => {
        const path = memberOf(item, 'path')
        return typeof path === 'string' ? path : undefined
      }),
    )
  },
}

function loginMissing(host: string): ChartroomError {
  return new ChartroomError('unauthorized', {
    message: `${host} lists its repositories only for who is logged in with user name and access token.`,
    advice: `Log in to ${host}.`,
    host,
  })
}

interface ListOf {
  readonly client: RegistryClient
  readonly path: string
  readonly token: string
  readonly nameIn: (item: unknown) => string | undefined
  readonly isName: (name: string) => boolean
}

function list({ client, path, token, nameIn, isName }: ListOf, options: OperationOptions): Pages {
  return new ListPages(
    {
      client,
      request: {
        method: 'GET',
        to: path,
        headers: { authorization: `Bearer ${token}` },
        expect: [200],
        what: `The list of ${client.settings.host}`,
      },
      namesIn: (body) => (Array.isArray(body) ? body.flatMap((item) => nameIn(item) ?? []) : undefined),
      isName,
    },
    options,
  )
}
