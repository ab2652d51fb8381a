/**
 * The programs and headers that starting and testing need beyond npm, from Debian or Ubuntu.
 */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { run, runOrThrow } from './processes.ts'

/** What shows that a package is there already, wherever it came from: any one of these. */
const evidence = {
  'docker-registry': ['docker-registry'],
  'apache2-utils': ['htpasswd'],
  openssl: ['openssl'],
  tinyproxy: ['tinyproxy'],
  chromium: ['chromium', 'chromium-browser', 'google-chrome'],
  skopeo: ['skopeo'],
  nginx: ['nginx'],
  gnupg: ['gpg'],
  'libkrb5-dev': ['/usr/include/gssapi/gssapi.h', 'krb5-config'],
  'pkg-config': ['pkg-config', 'pkgconf'],
  python3: ['python3'],
  make: ['make'],
  'g++': ['g++', 'c++'],
} as const

export type SystemPackage = keyof typeof evidence

/**
 * Makes sure that packages are there. What is missing is installed through apt where this runs as root on Debian or
 * Ubuntu; anywhere else the process ends with exit code 1 after printing the command that installs it.
 */
export async function ensureSystemPackages(
  packages: readonly SystemPackage[],
  log: (line: string) => void,
): Promise<void> {
  const missing = packages.filter((name) => !evidence[name].some(isThere))
  if (missing.length === 0) return
  if (!(await canInstall())) {
    const needs = `Missing: ${missing.join(', ')}. On Debian or Ubuntu they are installed with`
    process.stderr.write(`${needs}\n\n  sudo apt-get install -y ${missing.join(' ')}\n\n`)
    process.exit(1)
  }
  log(`Installing ${missing.join(', ')} through apt.`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  // Out-of-date package lists may do; the installation says so where they don't.
  const updated = await run('apt-get', ['update', '-qq'], { env, onOutput: () => undefined })
  if (updated !== 0) log('apt-get update failed; going on with the package lists that are there.')
  await runOrThrow('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], { env })
}

/** Where a program is, searched in PATH as a shell would. */
export function findProgram(...names: readonly string[]): string | undefined {
  // Debian keeps some servers where only root's PATH looks.
  const directories = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin']
  return names.flatMap((name) => directories.map((directory) => join(directory, name))).find(existsSync)
}

/** The browser that drives the window. `CHROMIUM` names another one. */
export function findChromium(): string {
  const found = process.env['CHROMIUM'] ?? findProgram(...evidence.chromium)
  if (found === undefined) throw new Error('No Chromium on this machine.')
  return found
}

function isThere(what: string): boolean {
  return what.startsWith('/') ? existsSync(what) : findProgram(what) !== undefined
}

async function canInstall(): Promise<boolean> {
  if (process.getuid?.() !== 0 || findProgram('apt-get') === undefined) return false
  const system = await readFile('/etc/os-release', 'utf8')
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(system)
}
