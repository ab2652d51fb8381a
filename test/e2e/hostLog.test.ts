import { describe, expect, it } from 'vitest'
import { errorsIn } from '../support/hostLog.ts'

const vscode = 'file:///opt/vscode/out/vs/workbench/api/node/extensionHostProcess.js'
const extension = '/tmp/chartroom-window-a1b2c3/extensions/chartroom.chartroom-0.1.0/dist/extension.cjs'

/** As VS Code wrote it for an extension that does everything wrong. */
const log = `2026-11-22 20:49:18.478 [info] Extension host with pid 16422 started
2026-11-22 20:49:18.519 [info] Lock '/tmp/chartroom-window-a1b2c3/vscode/data/vscode.lock': Lock acquired.
2026-11-22 20:49:19.790 [info] ExtensionService#_doActivateExtension chartroom.chartroom, startup: false, activationEvent: 'onView:chartroom.cache'
2026-11-22 20:49:19.970 [error] Activating extension chartroom.chartroom failed due to an error:
2026-11-22 20:49:19.973 [error] Error: thrown later
	at Timeout._onTimeout (${extension}:5:28)
	at listOnTimeout (node:internal/timers:685:17)
2026-11-22 20:49:20.100 [error] Error: of another extension
	at Timeout._onTimeout (/opt/vscode/extensions/git/dist/main.js:5:28)
2026-11-22 20:49:20.200 [warning] something that chartroom.chartroom should not worry about
2026-11-22 20:49:20.300 [error] No tree item with id '1/namespace localhost:5000/myrepo' found.
2026-11-22 20:49:20.400 [error] Error: EEXIST: file already exists, open '/tmp/chartroom-window-a1b2c3/vscode/data/User/workspaceStorage/-78fbb5de/vscode.lock'
2026-11-22 20:49:20.500 [error] Unable to refresh tree view chartroom.registries: Canceled
2026-11-22 20:49:20.600 [error] Unable to refresh tree view chartroom.registries: Error: a row without an id
2026-11-22 20:49:20.973 [error] Error: nobody handles this
	at exports.activate (${extension}:3:23)
	at gc._callActivate (${vscode}:168:18448)
2026-11-22 20:49:20.974 [error] a string that was thrown
2026-11-22 20:49:32.599 [error] Error: command throws
	at bf._executeContributedCommand (${vscode}:164:48882) chartroom.bad {"value":"chartroom.chartroom"}
`

describe('the log of the extension host', () => {
  it('shows what Chartroom threw and what it left unhandled, each with its stack', () => {
    const errors = errorsIn(log)

    expect(errors.map((entry) => entry.split('\n')[0]?.replace(/^.*\[error\] /, ''))).toEqual([
      'Activating extension chartroom.chartroom failed due to an error:',
      'Error: thrown later',
      'Unable to refresh tree view chartroom.registries: Error: a row without an id',
      'Error: nobody handles this',
      'a string that was thrown',
      'Error: command throws',
    ])
    expect(errors[3]).toContain('dist/extension.cjs:3:23')
  })

  it('is quiet about other extensions, about rows that the editor forgot, about its locks, about what a window that goes does not paint any more, and about windows whose folder has the name of this project', () => {
    expect(
      errorsIn(
        log.replaceAll(/\[error\] (?!Error: of another|Error: EEXIST|No tree item|.*: Canceled)/g, '[info] '),
      ),
    ).toEqual([])
  })
})
