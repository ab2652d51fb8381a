import type { Context } from '../context.ts'
import { hostFile, listReferences, parseReference, readHostFile, surroundings } from '../../core/index.ts'
import { suggest } from '../completion/suggest.ts'

/** Prints what fits for a word that is being written, as the scripts of the shells read it. */
export async function complete(
  words: readonly string[],
  { cache, print, options }: Context,
): Promise<number> {
  const references = async (): Promise<readonly string[]> => await listReferences(cache, options)
  const hosts = async (): Promise<readonly string[]> => {
    const around = surroundings()
    const set = await readHostFile(hostFile(around), around, () => undefined)
    const cached = (await references()).flatMap(hostIn)
    return [...new Set([...set.keys(), ...cached])].sort()
  }
  const { words: found, paths } = await suggest(words, { references, hosts })
  for (const { word, summary } of found) print.lines(summary === undefined ? word : `${word}\t${summary}`)
  print.lines(`:${paths}`)
  return 0
}

/** Other programs write names into a cache that are no references. */
function hostIn(name: string): string[] {
  try {
    return [parseReference(name).host].filter((host) => host !== '')
  } catch {
    return []
  }
}
