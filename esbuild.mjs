/**
 * Builds what is delivered: the extension (`dist/extension.cjs`, which reads `dist/core.cjs` when it is first used) and
 * the command line (`dist/cli.mjs`), one file with nothing beside it.
 */
import { build } from 'esbuild'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'

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

/** Errors are a file that both share: classes of the extension are made of them before anything else is needed. */
const sharedErrors = {
  name: 'shared errors',
  setup({ onResolve }) {
    onResolve({ filter: /\/errors\.ts$/ }, () => ({ path: './errors.cjs', external: true }))
  },
}

/**
 * Activation uses nothing of the core, and four fifths of the code are the core: it is read when something of it is
 * first asked for, which makes activation several times as fast.
 */
const lazyCore = {
  name: 'lazy core',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\/core\/index\.ts$/ }, () => ({ path: 'core', namespace: 'lazy' }))
    onLoad({ filter: /^core$/, namespace: 'lazy' }, async () => {
      const early = await exportsOf('src/core/errors.ts')
      const getters = (await exportsOf('src/core/index.ts')).map((name) => {
        const place = early.includes(name) ? 'errors' : '(core ??= require("./core.cjs"))'
        return `get ${name}() { return ${place}.${name} }`
      })
      return {
        contents: `const errors = require("./errors.cjs")\nlet core\nmodule.exports = { ${getters.join(', ')} }`,
      }
    })
  },
}

const bundles = {
  errors: { ...common, entryPoints: ['src/core/errors.ts'], outfile: 'dist/errors.cjs', format: 'cjs' },
  core: {
    ...common,
    entryPoints: ['src/core/index.ts'],
    outfile: 'dist/core.cjs',
    format: 'cjs',
    plugins: [sharedErrors],
  },
  extension: {
    ...common,
    entryPoints: ['src/extension/extension.ts'],
    outfile: 'dist/extension.cjs',
    format: 'cjs',
    external: ['vscode', './core.cjs', './errors.cjs'],
    plugins: [lazyCore],
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

/** The names that a module exports when it runs. */
async function exportsOf(entry) {
  const { metafile } = await build({
    ...common,
    entryPoints: [entry],
    format: 'esm',
    outfile: `${basename(entry)}.mjs`,
    write: false,
  })
  return Object.values(metafile.outputs).flatMap(({ exports }) => exports)
}
