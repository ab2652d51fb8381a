import { commands, Disposable } from 'vscode'
import type { App } from '../app.ts'
import { copyDigest, copyReference } from './copyText.ts'
import { exportChart } from './exportChart.ts'
import { login } from './login.ts'
import { logout } from './logout.ts'
import { openChart } from './openChart.ts'
import { pullChart } from './pullChart.ts'
import { pushChart } from './pushChart.ts'
import { pushFolder } from './pushFolder.ts'
import { removeChart } from './removeChart.ts'
import { revealCache } from './revealCache.ts'
import { runCommand } from './runCommand.ts'
import { saveChart } from './saveChart.ts'

/** What a command does. `argument` is the row, the folder or the reference that it is about; without one it asks. */
type Handler = (app: App, argument?: unknown) => Promise<void>

const handlers: Readonly<Record<string, Handler>> = {
  'chartroom.saveChart': saveChart,
  'chartroom.saveFolder': saveChart,
  'chartroom.pushChart': pushChart,
  'chartroom.pushFolder': pushFolder,
  'chartroom.pullChart': pullChart,
  'chartroom.exportChart': exportChart,
  'chartroom.removeChart': removeChart,
  'chartroom.openChart': openChart,
  'chartroom.copyReference': copyReference,
  'chartroom.copyDigest': copyDigest,
  'chartroom.login': login,
  'chartroom.logout': logout,
  'chartroom.refresh': async (app) => {
    await app.cacheView.refresh()
  },
  'chartroom.revealCache': revealCache,
  'chartroom.showLog': async (app) => {
    app.log.show()
    await Promise.resolve()
  },
}

/** Registers every command. */
export function registerCommands(app: App): Disposable {
  const registered = Object.entries(handlers).map(([id, handler]) =>
    commands.registerCommand(id, async (argument?: unknown) => {
      await runCommand(app, id, async () => {
        await handler(app, argument)
      })
    }),
  )
  return Disposable.from(...registered)
}
