import { basename } from 'node:path'
import { temporaryBeside } from '../../src/core/base/temporaries.ts'

/** What a temporary file beside `name` is called that a process of this machine left behind when it ended. */
export async function nameOfEnded(name: string): Promise<string> {
  return basename(await temporaryBeside(name)).replace(`-${process.pid}-`, '-999999999-')
}
