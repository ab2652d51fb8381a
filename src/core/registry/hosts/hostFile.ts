import { posix, resolve, win32 } from 'node:path'
import { messageOf } from '../../base/errors.ts'
import { readSmall } from '../../base/files.ts'
import { configHome, type Surroundings } from '../../base/helmHome.ts'
import { notJson } from '../../base/notJson.ts'
import { readHostSettings, type HostSettings } from './hostSettings.ts'

/**
 * The file with the settings of hosts that the command line and every editor share:
 * `$XDG_CONFIG_HOME/chartroom/registries.json`, beside where Helm has its configuration.
 */
export function hostFile(around: Surroundings): string {
  const path = around.platform === 'win32' ? win32 : posix
  return path.join(configHome(around), 'chartroom', 'registries.json')
}

/**
 * Reads that file. What is wrong with it is told and does not count; a file that cannot be read or understood counts as
 * one without settings. It is never written.
 *
 * @param tell told what does not count, a sentence each
 */
export async function readHostFile(
  path: string,
  around: Pick<Surroundings, 'home'>,
  tell: (problem: string) => void,
): Promise<ReadonlyMap<string, HostSettings>> {
  const pathOf = (text: string): string => pathFromHome(text, around)
  return readHostSettings(await contentOf(path, tell), { name: path, pathOf, tell })
}

/** The absolute path of one that a person wrote: `~` and relative paths are read from the home directory. */
export function pathFromHome(text: string, { home }: Pick<Surroundings, 'home'>): string {
  return resolve(home, text.trim().replace(/^~(?=$|[/\\])/, '.'))
}

async function contentOf(path: string, tell: (problem: string) => void): Promise<unknown> {
  try {
    const bytes = await readSmall(path, 1024 * 1024)
    const text = bytes?.toString('utf8').replace(/^\uFEFF/, '') ?? ''
    const content: unknown = text.trim() === '' ? {} : parsed(text)
    if (typeof content === 'object' && content !== null && !Array.isArray(content)) return content
    throw new Error('it is not a JSON object')
  } catch (error) {
    tell(`${path} is passed over: ${messageOf(error).replace(/\.$/, '')}.`)
    return {}
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error(notJson(error, text), { cause: error })
  }
}
