/**
 * Builds what is delivered: the extension (`dist/extension.cjs`) and the command line (`dist/cli.mjs`), each one file
 * with nothing beside it.
 */
import { build } from 'esbuild'
import { mkdir, rm, writeFile } from 'node:fs/promises'

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  minify: true,
  // Error names and the names of commands in stack traces stay readable.
  keepNames: true,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
}

const bundles = {
  extension: {
    ...common,
    entryPoints: ['src/extension/extension.ts'],
    outfile: 'dist/extension.cjs',
    format: 'cjs',
    external: ['vscode'],
  },
  cli: {
    ...common,
    entryPoints: ['src/cli/main.ts'],
    outfile: 'dist/cli.mjs',
    format: 'esm',
    banner: {
      // Some packages are CommonJS inside, and what they require is not there in an ES module.
      js: "#!/usr/bin/env node\nimport { createRequire } from 'node:module';const require = createRequire(import.meta.url);",
    },
  },
}

const wanted = process.argv.slice(2)
await rm('out/meta', { recursive: true, force: true })
await mkdir('out/meta', { recursive: true })
for (const [name, options] of Object.entries(bundles)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  const { metafile } = await build(options)
  await writeFile(`out/meta/${name}.json`, JSON.stringify(metafile))
  for (const [file, { bytes }] of Object.entries(metafile.outputs))
    console.log(`${file}  ${Math.ceil(bytes / 1024)} KB`)
}
