import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import ts from 'typescript'

const project = join(import.meta.dirname, '..')

/** What translators start from: every sentence that the extension shows, as VS Code reads it. */
export const bundlePath = join(project, 'l10n', 'bundle.l10n.json')

/**
 * The text of the bundle: every literal that the extension hands to `l10n.t`, in order.
 *
 * @throws Error that names the place where what is handed over is no literal, because nobody could translate it
 * @see https://github.com/microsoft/vscode-l10n for the format
 */
export async function l10nBundle(): Promise<string> {
  const messages = new Set<string>()
  for (const path of await sources(join(project, 'src', 'extension'))) {
    const source = ts.createSourceFile(path, await readFile(path, 'utf8'), ts.ScriptTarget.ES2023, true)
    collect(source, source, messages)
  }
  const sorted = [...messages].sort((a, b) => (a < b ? -1 : 1))
  return `${JSON.stringify(Object.fromEntries(sorted.map((message) => [message, message])), undefined, 2)}\n`
}

async function sources(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true })
  return entries.filter((name) => name.endsWith('.ts')).map((name) => join(directory, name))
}

function collect(node: ts.Node, source: ts.SourceFile, messages: Set<string>): void {
  if (ts.isCallExpression(node) && node.expression.getText(source) === 'l10n.t') {
    const [first] = node.arguments
    if (first === undefined || !ts.isStringLiteralLike(first)) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart(source))
      throw new Error(`${relative(project, source.fileName)}:${line + 1}: l10n.t takes a literal.`)
    }
    messages.add(first.text)
  }
  ts.forEachChild(node, (child) => {
    collect(child, source, messages)
  })
}
