import { deepEqual, equal, ok } from 'node:assert/strict'
import { basename } from 'node:path'
import { describe, it } from 'mocha'
import { commands, extensions } from 'vscode'
import type { ChartroomExports } from '../../src/extension/api/contract.ts'

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

    const registered = new Set(await commands.getCommands(true))
    ok(declared.length > 0)
    deepEqual(
      declared.filter((command) => !registered.has(command)),
      [],
    )
  })

  it('is awake before it has loaded what answers the editor, which nearly all of its code is', async () => {
    const loaded = (): string[] => {
      const names = Object.keys(require.cache).map((path) => basename(path))
      return ['extension.cjs', 'app.cjs', 'core.cjs'].filter((name) => names.includes(name))
    }

    extensions.getExtension<ChartroomExports>('chartroom.chartroom')?.exports.getApi(1)
    deepEqual(loaded(), ['extension.cjs'])

    await commands.executeCommand('chartroom.copyReference', 'localhost:5000/myrepo/mychart:2.7.0')
    deepEqual(loaded().slice(0, 2), ['extension.cjs', 'app.cjs'])
  })
})
