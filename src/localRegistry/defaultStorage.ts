import { join } from 'node:path'
import { surroundings, type Surroundings } from '../core/base/helmHome.ts'

/** Where the registry keeps what was pushed when nobody says otherwise: `chartroom/registry` among the user's data. */
export function defaultStorage({ env, platform, home }: Surroundings = surroundings()): string {
  const data =
    platform === 'win32'
      ? (env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'))
      : platform === 'darwin'
        ? join(home, 'Library', 'Application Support')
        : (nonEmpty(env['XDG_DATA_HOME']) ?? join(home, '.local', 'share'))
  return join(data, 'chartroom', 'registry')
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}
