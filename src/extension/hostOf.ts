import { kindOf, parseReference } from '../core/index.ts'

/** The registry that a name in the cache stands for; `undefined` where it names none, or is no reference at all. */
export function hostOf(reference: string): string | undefined {
  try {
    const { host } = parseReference(reference)
    return host === '' ? undefined : host
  } catch (error) {
    // Other programs write names that are no references.
    if (kindOf(error) === 'invalid-reference') return undefined
    throw error
  }
}
