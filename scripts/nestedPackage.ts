import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { runOrThrow } from './processes.ts'

/**
 * Installs a package of tools that has a `package-lock.json` of its own, so that `npm ci` of the project does not pay
 * for it, where it is not installed as the lock file says.
 *
 * @param announce called before anything is downloaded
 */
export async function installNested(directory: string, announce: () => void | Promise<void>): Promise<void> {
  const wanted = await readFile(join(directory, 'package-lock.json'), 'utf8')
  const installed = join(directory, 'node_modules', '.installed')
  if (existsSync(installed) && (await readFile(installed, 'utf8')) === wanted) return
  await announce()
  await runOrThrow('npm', ['ci', '--no-audit', '--no-fund'], { directory, env: environment() })
  await writeFile(installed, wanted)
}

/** npm run by this very Node, and not taking itself for the npm that started this script. */
function environment(): NodeJS.ProcessEnv {
  const outer =
    /^npm_(config_(user_agent|local_prefix|global_prefix|prefix)|lifecycle|package|command|execpath|node)/
  const inherited = Object.entries(process.env).filter(([name]) => !outer.test(name))
  const path = `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`
  return { ...Object.fromEntries(inherited), PATH: path }
}
