import { describe, expect, it } from 'vitest'
import { ChartroomError } from '../../../src/core/index.ts'
import type { HostEntry } from '../../../src/extension/adapters/hostEntries.ts'
import { hostFacets } from '../../../src/extension/views/hostFacets.ts'
import {
  hostChildren,
  isRegistryNode,
  namespaceChildren,
  repositoryChildren,
  type HostNode,
  type ListFacts,
  type RegistryNode,
  type RemoteRepositoryNode,
} from '../../../src/extension/views/registryNodes.ts'
import { catalogueProblem, registryProblem } from '../../../src/extension/views/registryProblem.ts'

const ghcr: HostEntry = { host: 'ghcr.io', sources: ['setting'], options: {}, pinned: [] }
const mychart: RemoteRepositoryNode = {
  kind: 'remoteRepository',
  id: 'remoteRepository ghcr.io/acme/mychart',
  host: 'ghcr.io',
  name: 'ghcr.io/acme/mychart',
  label: 'mychart',
  pinned: false,
}

describe('what stands below a registry', () => {
  it('is grouped by the path up to the last slash, one level deep, by name', () => {
    const rows = hostChildren(
      ghcr,
      complete('zoo', 'acme/charts/shop', 'acme/tool', 'acme/charts/10', 'acme/charts/9'),
    )

    expect(outline(rows)).toEqual(['acme', '  tool', 'acme/charts', '  9', '  10', '  shop', 'zoo'])
  })

  it('is there at once although one path has a hundred thousand repositories', { timeout: 20_000 }, () => {
    const names = Array.from({ length: 100_000 }, (_, number) => `acme/chart-${number}`)

    expect(hostChildren(ghcr, complete(...names))).toMatchObject([{ kind: 'namespace', path: 'acme' }])
  })

  it('begins with what is pinned, whole, and shows it once', () => {
    const entry = { ...ghcr, pinned: ['acme/charts/shop', 'far/away'] }

    const rows = hostChildren(entry, complete('acme/charts/shop', 'acme/charts/other'))

    expect(outline(rows)).toEqual([
      'acme/charts/shop (pinned)',
      'far/away (pinned)',
      'acme/charts',
      '  other',
    ])
  })

  it('has pinned repositories although the registry does not list any, below the reason', () => {
    const problem = catalogueProblem(new ChartroomError('unsupported', { message: 'No.' }), 'ghcr.io')
    const rows = hostChildren({ ...ghcr, pinned: ['acme/shop'] }, { names: [], state: 'failed', problem })

    expect(outline(rows)).toEqual(['! noCatalogue', 'acme/shop (pinned)'])
  })

  it('goes on where the registry has more', () => {
    expect(outline(hostChildren(ghcr, { names: ['a'], state: 'partial' }))).toEqual(['a', '…'])
    expect(outline(hostChildren(ghcr, { names: ['a'], state: 'loading' }))).toEqual(['a', '… busy'])
  })

  it('says that it is read, or that there is nothing', () => {
    expect(outline(hostChildren(ghcr, { names: [], state: 'loading' }))).toEqual(['loading'])
    expect(outline(hostChildren(ghcr, { names: [], state: 'unasked' }))).toEqual(['loading'])
    expect(outline(hostChildren(ghcr, complete()))).toEqual(['noRepositories'])
  })

  it('ends with the reason where a later page does not come', () => {
    const problem = catalogueProblem(new ChartroomError('unavailable', { message: 'Gone.' }), 'ghcr.io')

    expect(outline(hostChildren(ghcr, { names: ['a'], state: 'failed', problem }))).toEqual(['a', '! failed'])
  })
})

describe('what stands below a repository', () => {
  it('is its tags, newest first, no more than are shown, and how many come next', () => {
    const tags = Array.from({ length: 120 }, (_, minor) => `1.${minor}.0`)

    const first = repositoryChildren(mychart, complete(...tags, 'nightly'), 50)
    const last = repositoryChildren(mychart, complete(...tags, 'nightly'), 150)

    expect(outline(first).slice(0, 2)).toEqual(['1.119.0', '1.118.0'])
    expect(outline(first).slice(-2)).toEqual(['1.70.0', '… 50'])
    expect(outline(repositoryChildren(mychart, complete(...tags, 'nightly'), 100)).slice(-1)).toEqual([
      '… 21',
    ])
    expect(outline(last).slice(-2)).toEqual(['1.0.0', 'nightly'])
  })

  it('asks the registry only when all that is known is shown', () => {
    const tags = Array.from({ length: 60 }, (_, minor) => `1.${minor}.0`)

    expect(outline(repositoryChildren(mychart, { names: tags, state: 'partial' }, 50)).slice(-1)).toEqual([
      '… 10',
    ])
    expect(outline(repositoryChildren(mychart, { names: tags, state: 'partial' }, 100)).slice(-1)).toEqual([
      '…',
    ])
  })

  it('has references that can be pulled, and ids that are theirs alone', () => {
    const [row] = repositoryChildren(mychart, complete('1.0.0+build'), 50)

    expect(row).toMatchObject({
      reference: 'ghcr.io/acme/mychart:1.0.0+build',
      id: 'remoteTag ghcr.io/acme/mychart:1.0.0+build',
      cached: false,
    })
  })
})

describe('the reason why something did not come', () => {
  it('is short beside the host', () => {
    const error = new ChartroomError('unavailable', {
      message: 'ghcr.io could not be reached (connection refused).',
    })

    expect(registryProblem(error, 'ghcr.io')).toMatchObject({
      reason: 'failed',
      short: 'could not be reached (connection refused)',
      message: 'ghcr.io could not be reached (connection refused).',
    })
  })

  it('tells a login that is missing, and a catalogue that is not there, from what may work the next time', () => {
    const reasonOf = (kind: ChartroomError['kind']): string =>
      catalogueProblem(new ChartroomError(kind, { message: 'ghcr.io does not want to.' }), 'ghcr.io').reason

    expect(reasonOf('unauthorized')).toBe('unauthorized')
    for (const kind of ['forbidden', 'not-found', 'unsupported'] as const)
      expect(reasonOf(kind)).toBe('noCatalogue')
    for (const kind of ['unavailable', 'tls', 'rate-limited'] as const) expect(reasonOf(kind)).toBe('failed')
    expect(registryProblem(new ChartroomError('not-found', { message: 'No.' }), 'ghcr.io').reason).toBe(
      'failed',
    )
  })

  it('keeps the message of what is no error of ours', () => {
    expect(registryProblem(new Error('Boom'), 'ghcr.io')).toMatchObject({ reason: 'failed', message: 'Boom' })
  })
})

describe('the menu of a registry', () => {
  const node: HostNode = {
    kind: 'host',
    id: 'host ghcr.io',
    host: 'ghcr.io',
    entry: ghcr,
    listing: 'unasked',
  }

  it('depends on where it is known from, and on what it answered', () => {
    expect(hostFacets({ ...node, listing: 'complete' })).toEqual(['listed', 'removable'])
    const login = { origin: "VS Code's secret storage", own: true }
    expect(hostFacets({ ...node, entry: { ...ghcr, sources: ['login'], login } })).toEqual([
      'loggedIn',
      'ownLogin',
    ])
    const problem = catalogueProblem(new ChartroomError('unauthorized', { message: 'No.' }), 'ghcr.io')
    expect(hostFacets({ ...node, listing: 'failed', problem })).toEqual(['removable', 'unauthorized'])
  })

  it('offers to start or to forget the local registry where it is stopped, or failed to start', () => {
    const entry: HostEntry = { ...ghcr, sources: ['local'] }

    expect(hostFacets({ ...node, entry, local: { kind: 'running' } })).toEqual(['local', 'running'])
    expect(hostFacets({ ...node, entry, local: { kind: 'stopped' } })).toEqual([
      'local',
      'removable',
      'stopped',
    ])
    expect(hostFacets({ ...node, entry, local: { kind: 'failed', reason: 'Port taken.' } })).toEqual([
      'local',
      'removable',
      'stopped',
    ])
  })
})

it('a row of the registries is told from whatever else a command may be handed', () => {
  expect(isRegistryNode(mychart)).toBe(true)
  for (const other of [undefined, null, 'host', {}, { kind: 'tag', id: 'x' }])
    expect(isRegistryNode(other)).toBe(false)
})

function complete(...names: string[]): ListFacts {
  return { names, state: 'complete' }
}

function outline(rows: readonly RegistryNode[], indent = ''): string[] {
  return rows.flatMap((row) => {
    switch (row.kind) {
      case 'namespace':
        return [`${indent}${row.path}`, ...outline(namespaceChildren(row), `${indent}  `)]
      case 'remoteRepository':
        return [`${indent}${row.label}${row.pinned ? ' (pinned)' : ''}`]
      case 'remoteTag':
        return [`${indent}${row.label}`]
      case 'more':
        return [
          ['…', row.count, row.isBusy ? 'busy' : undefined].filter((part) => part !== undefined).join(' '),
        ]
      case 'failure':
        return [`! ${row.problem.reason}`]
      case 'line':
        return [row.what]
      case 'host':
      case 'directory':
      case 'file':
        return [row.kind]
    }
  })
}
