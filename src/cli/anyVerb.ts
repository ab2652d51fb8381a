import type { Perform } from './commandLine.ts'
import { createContext } from './context.ts'
import { perform } from './perform.ts'

export { runCommandLine } from './commandLine.ts'

/** Does what any command asks for. */
export const performAny: Perform = async (command, parts) => {
  const context = await createContext(command, parts)
  try {
    return await perform(command, context)
  } finally {
    context.close()
  }
}
