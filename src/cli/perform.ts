import type { Command } from './args.ts'
import type { Context } from './context.ts'
import packageFile from '../../package.json' with { type: 'json' }
import { exportTo } from './commands/exportTo.ts'
import { list } from './commands/list.ts'
import { login } from './commands/login.ts'
import { logout } from './commands/logout.ts'
import { pull } from './commands/pull.ts'
import { push } from './commands/push.ts'
import { remove } from './commands/remove.ts'
import { save } from './commands/save.ts'
import { serve } from './commands/serve.ts'
import { helpText } from './help.ts'

/**
 * Does what a command asks for, and prints it.
 * @returns the exit code
 */
export async function perform(command: Command, context: Context): Promise<number> {
  switch (command.verb) {
    case 'help':
      context.print.text(helpText(command.topic))
      return 0
    case 'version':
      context.print.text(packageFile.version)
      return 0
    case 'chart save':
      return await save(command, context)
    case 'chart list':
      return await list(context)
    case 'chart push':
      return await push(command.references, context)
    case 'chart pull':
      return await pull(command.references, context)
    case 'chart remove':
      return await remove(command.references, context)
    case 'chart export':
      return await exportTo(command, context)
    case 'registry login':
      return await login(command, context)
    case 'registry logout':
      return await logout(command.host, context)
    case 'registry serve':
      return await serve(command, context)
  }
}
