import { build } from 'esbuild'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Bundles what runs inside an extension host, each entry point into a file of its own.
 * @param out a directory that is made anew
 */
export async function bundleForHost(entryPoints: readonly string[], out: string): Promise<void> {
  await rm(out, { recursive: true, force: true })
  await build({
    entryPoints: [...entryPoints],
    outdir: out,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    logLevel: 'warning',
  })
  // VS Code wants a name that ends in `.js`, which would be an ES module in this project.
  await writeFile(join(out, 'package.json'), '{ "type": "commonjs" }\n')
}
