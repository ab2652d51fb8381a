import './setUpEngine.ts'
import { runCommandLine } from './commandLine.ts'
import { list } from './commands/list.ts'
import { isList } from './isList.ts'
import { createLocalContext } from './localContext.ts'

const argv = process.argv.slice(2)

// A list is asked for again and again, and takes less time than all other verbs take to load: it does without them.
if (isList) {
  void runCommandLine(argv, async (command, parts) => {
    if (command.verb === 'chart list') return await list(createLocalContext(parts))
    const { performAny } = await import('./anyVerb.ts')
    return await performAny(command, parts)
  })
} else {
  void import('./anyVerb.ts').then(async ({ performAny, runCommandLine: run }) => {
    await run(argv, performAny)
  })
}
