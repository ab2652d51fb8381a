import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import ts from 'typescript'

const project = join(import.meta.dirname, '..', '..')

export interface ContributedCommand {
  readonly command: string
  readonly title: string
  readonly category?: string
  readonly icon?: string
  readonly enablement?: string
}

export interface MenuItem {
  readonly command?: string
  readonly submenu?: string
  readonly when?: string
  readonly group?: string
}

export interface Setting {
  readonly scope: string
  readonly default?: unknown
  readonly additionalProperties?: { readonly properties?: Readonly<Record<string, OptionSchema>> }
}

/** What may be set for one host under one key. */
export interface OptionSchema {
  readonly type: string
  readonly description?: string
  readonly enum?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
  readonly items?: { readonly type: string }
}

/** What package.json says to the editor, as far as the tests ask for it. */
export interface Manifest {
  readonly l10n: string
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly supported: string; readonly restrictedConfigurations: string[] }
  }
  readonly contributes: {
    readonly commands: readonly ContributedCommand[]
    readonly menus: Readonly<Record<string, readonly MenuItem[]>>
    readonly submenus: readonly { readonly id: string }[]
    readonly keybindings: readonly { readonly command: string; readonly when: string }[]
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>
    readonly viewsWelcome: readonly { readonly view: string; readonly when: string }[]
    readonly configuration: { readonly properties: Readonly<Record<string, Setting>> }
  }
}

export async function manifest(): Promise<Manifest> {
  return JSON.parse(await textOf('package.json')) as Manifest
}

/** The texts of the manifest, by their key. */
export async function manifestTexts(): Promise<Readonly<Record<string, string>>> {
  return JSON.parse(await textOf('package.nls.json')) as Record<string, string>
}

/** The text of a file of the project. */
export async function textOf(path: string): Promise<string> {
  return await readFile(join(project, path), 'utf8')
}

/** Every literal text in the code under a directory, the fixed parts of templates and the names of properties included. */
export async function literalsIn(directory: string): Promise<ReadonlySet<string>> {
  const literals = new Set<string>()
  const names = await readdir(join(project, directory), { recursive: true })
  for (const name of names.filter((file) => file.endsWith('.ts'))) {
    collect(ts.createSourceFile(name, await textOf(join(directory, name)), ts.ScriptTarget.ES2023), literals)
  }
  return literals
}

function collect(node: ts.Node, literals: Set<string>): void {
  if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
    literals.add(node.text)
  } else if (ts.isPropertyName(node) && ts.isIdentifier(node)) {
    literals.add(node.text)
  }
  ts.forEachChild(node, (child) => {
    collect(child, literals)
  })
}
