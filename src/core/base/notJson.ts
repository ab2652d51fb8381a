/**
 * Why a text is no JSON, as the end of a sentence. The engine's own words quote the text, secrets included, so only the
 * place is taken from them.
 *
 * @param error what `JSON.parse` threw
 */
export function notJson(error: unknown, text: string): string {
  const position = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1]
  if (position === undefined) return 'it is not valid JSON'
  const line = text.slice(0, Number(position)).split('\n').length
  return `it is not valid JSON (line ${line})`
}
