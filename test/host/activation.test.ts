import { deepEqual, equal, ok } from 'node:assert/strict'
import { basename, join } from 'node:path'
import { describe, it } from 'mocha'
import { commands, extensions, Uri } from 'vscode'
import type * as Core from '../../src/core/index.ts'
import type * as Settings from '../../src/extension/adapters/settings.ts'
import type * as Items from '../../src/extension/views/cacheItems.ts'
import type * as Nodes from '../../src/extension/views/cacheNodes.ts'
import { deliveredFile } from '../support/deliveredFile.ts'

interface Manifest {
  readonly contributes?: { readonly commands?: readonly { readonly command: string }[] }
}

describe('The extension', () => {
  it('is there, and asleep until it is used', () => {
    const extension = extensions.getExtension<unknown>('chartroom.chartroom')

    ok(extension !== undefined)
    equal(extension.isActive, false)
  })

  it('wakes up without an error and answers every command that its manifest names', async () => {
    const extension = extensions.getExtension<unknown>('chartroom.chartroom')
    ok(extension !== undefined)
    const { contributes } = extension.packageJSON as Manifest
    const declared = (contributes?.commands ?? []).map(({ command }) => command)

    await extension.activate()
    // More than that comes a moment later, before anybody asks.
    deepEqual(loaded(), ['extension.cjs'])

    const registered = new Set(await commands.getCommands(true))
    ok(declared.length > 0)
    deepEqual(
      declared.filter((command) => !registered.has(command)),
      [],
    )
  })

  it('has loaded what answers the editor before it is asked anything', async () => {
    while (loaded().length < 3) await new Promise(setImmediate)

    // The core comes with what first needs it: rows have been sent by then.
    deepEqual(loaded(), ['extension.cjs', 'firstView.cjs', 'firstRows.cjs'])
  })

  it('reads and makes the first rows of a cache without the core, which takes longer to load than they do', async () => {
    const { cachePath, cacheNodes, treeItem } = deliveredFile('firstView.cjs') as typeof Settings &
      typeof Nodes &
      typeof Items
    const { listReferences } = deliveredFile('firstRows.cjs') as typeof Core

    deepEqual(await listReferences({ root: join(cachePath(), 'none') }), [])
    const references = [
      'localhost:5000/team/chart-9:1.0.0',
      'localhost:5000/team/chart-10:1.0.0',
      'mychart:2',
    ]
    const nodes = cacheNodes(
      references.map((reference) => ({ reference, isUnread: true })),
      Date.now(),
    )
    const items = nodes.map((node) => treeItem(node, { light: icon, dark: icon }))

    deepEqual(
      items.map(({ label }) => label),
      ['localhost:5000/team/chart-9', 'localhost:5000/team/chart-10', 'mychart'],
    )
    deepEqual(loaded(), ['extension.cjs', 'firstView.cjs', 'firstRows.cjs'])
  })
})

const icon = Uri.file('/icon.svg')

/** Which files of the extension the host has loaded. */
function loaded(): string[] {
  const names = Object.keys(require.cache).map((path) => basename(path))
  return ['extension.cjs', 'firstView.cjs', 'firstRows.cjs', 'app.cjs', 'core.cjs'].filter((name) =>
    names.includes(name),
  )
}
