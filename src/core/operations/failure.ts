import { fileErrorInPlace } from '../base/fileError.ts'

/**
 * Runs an operation and turns what the file system says into a sentence about the operation. This is the one place
 * where errors are wrapped; everything else passes through as it is.
 *
 * @param doing completes "Could not ...", for example "save mychart"
 */
export async function whileDoing<Value>(doing: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work()
  } catch (error) {
    throw await fileErrorInPlace(error, doing)
  }
}
