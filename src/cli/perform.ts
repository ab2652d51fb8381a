import type { Command } from './args.ts'
import type { Context } from './context.ts'
import packageFile from '../../package.json' with { type: 'json' }
import { complete } from './commands/complete.ts'
import { deleteFrom } from './commands/deleteFrom.ts'
import { copy } from './commands/copy.ts'
import { diagnose } from './commands/diagnose.ts'
import { diff } from './commands/diff.ts'
import { exportTo } from './commands/exportTo.ts'
import { list } from './commands/list.ts'
import { login } from './commands/login.ts'
import { logout } from './commands/logout.ts'
import { prune } from './commands/prune.ts'
import { pull } from './commands/pull.ts'
import { push } from './commands/push.ts'
import { remove } from './commands/remove.ts'
import { save } from './commands/save.ts'
import { show } from './commands/show.ts'
import { registryList } from './commands/registryList.ts'
import { verify } from './commands/verify.ts'
import { scripts } from './completion/scripts.ts'
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
    case 'completion':
      context.print.text(scripts[command.shell])
      return 0
    case 'complete':
      return await complete(command.words, context)
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
    case 'chart show':
      return await show(command, context)
    case 'chart diff':
      return await diff(command, context)
    case 'chart copy':
      return await copy(command, context)
    case 'chart verify':
      return await verify(command, context)
    case 'chart prune':
      return await prune(command, context)
    case 'registry login':
      return await login(command, context)
    case 'registry logout':
      return await logout(command.host, context)
    case 'registry list':
      return await registryList(command, context)
    case 'registry delete':
      return await deleteFrom(command, context)
    case 'registry diagnose':
      return await diagnose(command.host, context)
    case 'registry serve': {
      // A registry of its own is more than all other commands together.
      const { serve } = await import('./commands/serve.ts')
      return await serve(command, context)
    }
  }
}
