/** An error as Node's file system throws it. */
export function fileSystemError(code: string, path: string): Error {
  const error: NodeJS.ErrnoException = new Error(`${code}: made by a test, '${path}'`)
  error.code = code
  error.path = path
  return error
}
