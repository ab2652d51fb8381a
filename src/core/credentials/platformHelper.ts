import { findProgram, type ProgramSearch } from '../base/findProgram.ts'

/**
 * The suffix of the credential helper that Helm and Docker would choose on this machine, where it is installed:
 * `osxkeychain`, `wincred`, `pass` if the program `pass` is there, else `secretservice`.
 *
 * @see https://github.com/docker/cli/blob/master/cli/config/credentials/default_store.go
 */
export async function platformHelper(search: ProgramSearch): Promise<string | undefined> {
  const suffix = await preferredHelper(search)
  return (await findProgram(`docker-credential-${suffix}`, search)) === undefined ? undefined : suffix
}

async function preferredHelper(search: ProgramSearch): Promise<string> {
  const { platform } = search.around
  if (platform === 'darwin') return 'osxkeychain'
  if (platform === 'win32') return 'wincred'
  return (await findProgram('pass', search)) === undefined ? 'secretservice' : 'pass'
}
