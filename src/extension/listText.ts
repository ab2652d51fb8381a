import { env } from 'vscode'

/** Names as a sentence lists them in the language of the editor: `latest and 2.7`. */
export function listText(names: readonly string[]): string {
  return new Intl.ListFormat(env.language).format(names)
}
