/**
 * What a request is about, within a sentence: it is written to begin one with.
 *
 * @param what `The list of team at registry.example.com`; a reference stays as it is
 */
export function inSentence(what: string): string {
  return what.replace(/^(?:A|The|What) /, (word) => word.toLowerCase())
}
