import { deepEqual, equal, ok } from 'node:assert/strict'
import { basename } from 'node:path'
import { describe, it } from 'mocha'
import { commands, extensions } from 'vscode'

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
})

/** Which files of the extension the host has loaded. */
function loaded(): string[] {
  const names = Object.keys(require.cache).map((path) => basename(path))
  return ['extension.cjs', 'firstView.cjs', 'firstRows.cjs', 'app.cjs', 'core.cjs'].filter((name) =>
    names.includes(name),
  )
}
