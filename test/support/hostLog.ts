import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { filesUnder } from './tree.ts'

/**
 * The errors in the log of an extension host that are Chartroom's: those in whose stack it stands, those that name it,
 * and values thrown without a stack, such as a rejection that nobody handled, because no other extension of a test
 * window does that. What the editor says of its own bookkeeping is left out.
 *
 * @param text the content of `remoteexthost.log`
 * @param folder that Chartroom runs from, where it is not installed
 * @returns the entries with their stacks, oldest first
 */
export function errorsIn(text: string, folder?: string): string[] {
  return entriesOf(text).filter((entry) => {
    const [first = '', ...stack] = entry.split('\n')
    if (!first.includes(' [error] ') || ownBookkeeping.some((pattern) => pattern.test(first))) return false
    return stack.length === 0 || ours.test(entry) || (folder !== undefined && entry.includes(folder))
  })
}

/**
 * Reads the log of every extension host that a window had.
 * @param data directory of the server
 * @param folder as `errorsIn` takes it
 */
export async function hostErrors(data: string, folder?: string): Promise<string[]> {
  const logs = await filesUnder(join(data, 'data', 'logs'))
  const hosts = logs.filter((path) => path.endsWith('remoteexthost.log'))
  const texts = await Promise.all(hosts.map((path) => readFile(path, 'utf8')))
  return texts.flatMap((text) => errorsIn(text, folder))
}

/** How Chartroom is named in identifiers, commands, views, paths and schemes; not the folder of a test window. */
const ours = /chartroom[.:]|chartroom-chart/i

/** What the editor says of itself. */
const ownBookkeeping = [
  // It asked what is below a row in the very moment in which it paints the row above anew. It asks again when that is painted.
  / \[error\] No tree item with id '.*' found\.$/,
  // A window that is loaded anew has its next host look for the lock on its storage before the last one has let go of it.
  / \[error\] Error: EEXIST: .*vscode\.lock'$/,
  // A window that goes takes along what it has just been told to paint.
  / \[error\] Unable to refresh tree view [\w.]+: Canceled$/,
]

/** A log begins each entry with the time; what follows until the next one belongs to it. */
function entriesOf(text: string): string[] {
  return text
    .split(/^(?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \[)/m)
    .map((entry) => entry.trimEnd())
    .filter((entry) => entry !== '')
}
