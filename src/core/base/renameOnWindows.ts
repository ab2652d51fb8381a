/** What of the system a rename takes. */
export interface RenameSystem {
  rename(from: string, to: string): Promise<void>
  chmod(path: string, mode: number): Promise<void>
  delay(milliseconds: number): Promise<unknown>
}

/** Milliseconds for which a file is waited for that another process has open. */
const patience = 5000

/**
 * Renames over whatever has the name, where the system is Windows: it does not replace a read-only file, as Helm makes its
 * blobs, and none that another process has open. The one is made writable; the other passes, so it is worth waiting for.
 */
export async function renameOnWindows(from: string, to: string, system: RenameSystem): Promise<void> {
  let waited = 0
  for (let pause = 10; ; pause = Math.min(pause * 2, 500)) {
    try {
      await system.rename(from, to)
      return
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException
      if (!busy.has(code) || waited >= patience) throw error
    }
    await makeWritable(to, system)
    await system.delay(pause)
    waited += pause
  }
}

const busy: ReadonlySet<string> = new Set(['EPERM', 'EBUSY', 'EACCES'])

async function makeWritable(path: string, system: RenameSystem): Promise<void> {
  try {
    await system.chmod(path, 0o666)
  } catch (error) {
    // Nothing has the name, or it may not be changed; the next try says which.
    const { code = '' } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT' && !busy.has(code)) throw error
  }
}
