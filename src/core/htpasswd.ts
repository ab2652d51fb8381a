import { dirname } from 'node:path'
import { ChartroomError } from './base/errors.ts'
import { fileError } from './base/fileError.ts'
import { makeDirectory, replaceFile } from './base/files.ts'
import type { OperationOptions } from './base/progress.ts'
import { temporaryBeside } from './base/temporaries.ts'

/** Each one more doubles the work of a guess. Ten is what a registry still checks in a tenth of a second. */
const cost = 10

/**
 * Writes the file that lets one user into a registry, as `htpasswd -cB -b FILE USER PASSWORD` does: one line with a
 * bcrypt hash, which is all that registries read. What was in the file before is replaced; only its owner may read it.
 *
 * Hashing takes about a tenth of a second, and other work waits for it.
 *
 * @throws ChartroomError `unsupported` where such a file cannot hold the user or the password; `store-readonly`,
 *   `disk-full` and what else the file system says
 * @see https://httpd.apache.org/docs/2.4/misc/password_encryptions.html
 */
export async function writeHtpasswd(
  path: string,
  user: string,
  password: string,
  { signal }: OperationOptions = {},
): Promise<void> {
  const { genSalt, hash, truncates } = await import('bcryptjs')
  refuseUnusable(user, password)
  if (truncates(password)) throw unusable('The password is longer than the 72 bytes that bcrypt looks at.')
  const salt = (await genSalt(cost)).replace(/^\$2[ab]\$/, '$2y$')
  const line = `${user}:${await hash(password, salt)}\n`
  signal?.throwIfAborted()
  try {
    await makeDirectory(dirname(path), 0o700)
    await replaceFile(path, Buffer.from(line), await temporaryBeside(path), { mode: 0o600, signal })
  } catch (error) {
    throw fileError(error, 'write the htpasswd file')
  }
}

/** Refuses what would be read back as something else, or by some registries only. */
function refuseUnusable(user: string, password: string): void {
  if (user === '') throw unusable('The user name is empty.')
  if (password === '') throw unusable('The password is empty.')
  // Every character that ends a name there, or a line, or begins a comment.
  if (/[:\p{Cc}]/u.test(user) || user.startsWith('#') || user !== user.trim()) {
    throw unusable(
      'The user name cannot be in an htpasswd file: it has a colon or a control character, begins with # or has a space at an end.',
    )
  }
  if (password.includes('\0'))
    throw unusable('The password holds a NUL character, where bcrypt would end it.')
}

function unusable(message: string): ChartroomError {
  return new ChartroomError('unsupported', { message, advice: 'Choose another.' })
}
