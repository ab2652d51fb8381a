/**
 * Builds what is delivered: the extension (`dist/extension.cjs`, which reads `dist/core.cjs` when it is first used) and
 * the command line (`dist/cli.mjs`), one file with nothing beside it.
 */
import { build } from 'esbuild'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

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
 * Activation uses nothing of the core, and most of the code is the core: it is read when something of it is first
 * called. In its place the extension has functions that call those of the core, and constants.
 */
const lazyCore = {
  name: 'lazy core',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\/core\/index\.ts$/ }, () => ({ path: 'core', namespace: 'lazy' }))
    onLoad({ filter: /^core$/, namespace: 'lazy' }, () => {
      const errors = Object.keys(require('./dist/errors.cjs'))
      const others = Object.entries(require('./dist/core.cjs')).filter(([name]) => !errors.includes(name))
      return {
        contents: [
          `export { ${errors.join(', ')} } from './errors.cjs'`,
          'let core',
          ...others.map(([name, value]) => standIn(name, value)),
        ].join('\n'),
      }
    })
  },
}

function standIn(name, value) {
  if (typeof value !== 'function') return `export const ${name} = ${JSON.stringify(value)}`
  const call = /^class\b/.test(Function.prototype.toString.call(value)) ? 'new ' : ''
  return `export function ${name}(...args) { return ${call}(core ??= require('./core.cjs')).${name}(...args) }`
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
