/**
 * Builds what is delivered: the extension (`dist/extension.cjs`, which reads `dist/firstView.cjs` with the first rows, `dist/app.cjs` when it
 * is used, and these `dist/core.cjs` when they need more of the core than what is bundled apart) and the command line (`dist/cli.mjs`), one file with nothing beside it, which is a plugin of Helm,
 * too (`dist/helm-plugin`).
 */
import { build } from 'esbuild'
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'

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

/** Where what is bundled apart begins, because it is needed before all else is there. What it consists of goes with it. */
const apart = {
  // Classes of the extension are made of errors before anything else is needed.
  errors: ['core/base/errors'],
  // The first rows of Cached Charts are names, from the index alone.
  firstRows: [
    'core/operations/listReferences',
    'core/base/helmHome',
    'core/base/natural',
    'core/oci/reference',
  ],
  // What makes rows of them. Both are read in a tenth of the time of the app and the core.
  firstView: ['extension/firstView'],
}

/** For each bundle of these its files, and what they export. */
const files = {}
const names = {}

/** Bundles files and all that they consist of, but for what other bundles have, and passes on everything that they export. */
async function bundleApart(bundle, options) {
  const modules = (paths) => ({
    contents: paths.map((path) => `export * from ${JSON.stringify(path)}`).join('\n'),
    resolveDir: '.',
  })
  const trial = { ...options, format: 'esm', write: false }
  const entries = apart[bundle].map((name) => resolve('src', `${name}.ts`))
  const { metafile } = await build({ ...trial, stdin: modules(entries) })
  files[bundle] = Object.keys(metafile.inputs)
    .filter((path) => /^src\/.*\.ts$/.test(path))
    .map((path) => resolve(path))
  const all = { ...options, stdin: modules(files[bundle]) }
  const { metafile: whole } = await build({ ...all, format: 'esm', write: false })
  names[bundle] = Object.values(whole.outputs)[0].exports
  return all
}

/** Takes files out of a bundle that are bundled apart. */
function without(bundle) {
  return {
    name: `without ${bundle}`,
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /\.ts$/ }, ({ path, resolveDir }) =>
        files[bundle].includes(resolve(resolveDir, path)) ? { path: bundle, namespace: 'apart' } : undefined,
      )
      onLoad({ filter: new RegExp(`^${bundle}$`), namespace: 'apart' }, () => ({
        contents: exportedBy(bundle),
      }))
    },
  }
}

/** Required once, and not by each of a hundred files: the host looks at every `require`. */
function exportedBy(bundle) {
  return `export { ${names[bundle].join(', ')} } from './${bundle}.cjs'`
}

/** Activation registers what answers the editor and does not load it: dynamic imports do. */
const lateApp = {
  name: 'late app',
  setup({ onResolve }) {
    onResolve({ filter: /\/firstView\.ts$/ }, () => ({ path: './firstView.cjs', external: true }))
    onResolve({ filter: /\/firstUse\.ts$/ }, () => ({ path: './app.cjs', external: true }))
  },
}

/** Of this project's package.json its version is all that the code asks for. */
const versionAlone = {
  name: 'version alone',
  setup({ onLoad }) {
    onLoad({ filter: /\/package\.json$/ }, async ({ path }) => {
      const { version } = JSON.parse(await readFile(path, 'utf8'))
      return { contents: JSON.stringify({ version }), loader: 'json' }
    })
  },
}

/** Every Node that this runs under has web streams. What stands in for them would be a sixth of the core. */
const ownWebStreams = {
  name: 'own web streams',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^web-streams-polyfill\// }, () => ({ path: 'web streams', namespace: 'node' }))
    onLoad({ filter: /^web streams$/, namespace: 'node' }, () => ({
      contents: "module.exports = require('node:stream/web')",
    }))
  },
}

/**
 * Most of the code is the core: it is read when something of it is first called. In its place the extension has functions
 * that call those of the core, and constants.
 */
const lazyCore = {
  name: 'lazy core',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\/core\/index\.ts$/ }, () => ({ path: 'core', namespace: 'lazy' }))
    onLoad({ filter: /^core$/, namespace: 'lazy' }, () => {
      const bundles = ['errors', 'firstRows']
      const early = bundles.flatMap((bundle) => names[bundle])
      const others = Object.entries(require('./dist/core.cjs')).filter(([name]) => !early.includes(name))
      const standIns = others.map(([name, value]) => standIn(name, value))
      return { contents: [...bundles.map(exportedBy), 'let core', ...standIns].join('\n') }
    })
  },
}

function standIn(name, value) {
  if (typeof value !== 'function') return `export const ${name} = ${JSON.stringify(value)}`
  const call = /^class\b/.test(Function.prototype.toString.call(value)) ? 'new ' : ''
  return `export function ${name}(...args) { return ${call}(core ??= require('./core.cjs')).${name}(...args) }`
}

/**
 * A list of charts is there before the other verbs would be parsed. They stand at the end of the file as comments, which cost next to nothing,
 * and are made code of when one of them is called for, or when an archive has to tell what its config does not.
 */
const lateVerbs = {
  name: 'late verbs',
  async setup({ initialOptions, onResolve, onLoad }) {
    const { outputFiles } = await build({ ...verbs, write: false })
    const lines = outputFiles[0].text.split('\n')
    initialOptions.footer = { js: lines.map((line) => `${lateLine}${line}`).join('\n') }
    onResolve({ filter: /\/(?:anyVerb|readArchive|toYaml)\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: 'verbs', namespace: 'late' } : undefined,
    )
    onLoad({ filter: /^verbs$/, namespace: 'late' }, () => ({
      contents: `(${runLateLines})('${lateLine}', require('./src/core/base/errors.ts'))`,
      resolveDir: '.',
    }))
  },
}

/** What each line of the verbs begins with. */
const lateLine = '//|'

/** Runs in the file that is built, as a module that exports what the verbs do. An error of theirs is one for whoever called them. */
function runLateLines(mark, errors) {
  const { readFileSync } = require('node:fs')
  const { compileFunction } = require('node:vm')
  const lines = readFileSync(__filename, 'utf8').split('\n')
  const code = lines.filter((line) => line.startsWith(mark)).map((line) => line.slice(mark.length))
  const names = ['module', 'exports', 'require']
  // A library may look for what is not of Node, and has to hear that it is not there.
  const find = require('node:module').createRequire(__filename)
  const load = (id) => (id === './errors.cjs' ? errors : find(id))
  compileFunction(code.join('\n'), names, { filename: __filename })(module, module.exports, load)
}

const verbs = {
  ...common,
  stdin: {
    contents: ['cli/anyVerb', 'cli/toYaml', 'core/chart/readArchive']
      .map((name) => `export * from './${name}.ts'`)
      .join('\n'),
    resolveDir: 'src',
  },
  // In it, a part that is imported later is also loaded later, with what it needs of Node.
  format: 'cjs',
  // What is made code of lines can require, and not import.
  supported: { 'dynamic-import': false },
  external: ['./errors.cjs'],
  plugins: [without('errors'), ownWebStreams, versionAlone],
}

const bundles = {
  errors: { ...common, outfile: 'dist/errors.cjs', format: 'cjs' },
  firstRows: {
    ...common,
    outfile: 'dist/firstRows.cjs',
    format: 'cjs',
    external: ['./errors.cjs'],
    plugins: [without('errors')],
  },
  core: {
    ...common,
    entryPoints: ['src/core/index.ts'],
    outfile: 'dist/core.cjs',
    format: 'cjs',
    external: ['./errors.cjs', './firstRows.cjs'],
    plugins: [without('errors'), without('firstRows'), ownWebStreams],
  },
  firstView: {
    ...common,
    outfile: 'dist/firstView.cjs',
    format: 'cjs',
    external: ['vscode', './core.cjs', './errors.cjs', './firstRows.cjs'],
    plugins: [lazyCore],
  },
  app: {
    ...common,
    entryPoints: ['src/extension/firstUse.ts'],
    outfile: 'dist/app.cjs',
    format: 'cjs',
    external: ['vscode', './core.cjs', './errors.cjs', './firstRows.cjs', './firstView.cjs'],
    plugins: [without('firstView'), lazyCore],
  },
  extension: {
    ...common,
    entryPoints: ['src/extension/extension.ts'],
    outfile: 'dist/extension.cjs',
    format: 'cjs',
    // What the host's own `require` loads gets the `vscode` of this extension.
    supported: { 'dynamic-import': false },
    external: ['vscode'],
    plugins: [lateApp],
  },
  cli: {
    ...common,
    entryPoints: ['src/cli/main.ts'],
    outfile: 'dist/cli.mjs',
    // One function, so that nothing in it is a name of the module.
    format: 'iife',
    supported: { 'dynamic-import': false },
    plugins: [lateVerbs],
    banner: {
      // What is required is of Node, and an ES module has no other way to it that does not wait.
      js: '#!/usr/bin/env node\nconst require = process.getBuiltinModule, __filename = import.meta.filename;',
    },
  },
}

const wanted = process.argv.slice(2)
await rm('out/meta', { recursive: true, force: true })
await mkdir('out/meta', { recursive: true })
for (const [name, options] of Object.entries(bundles)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  const { metafile } = await build(name in apart ? await bundleApart(name, options) : options)
  await writeFile(`out/meta/${name}.json`, JSON.stringify(metafile))
  for (const [file, { bytes }] of Object.entries(metafile.outputs))
    console.log(`${file}  ${Math.ceil(bytes / 1024)} KB`)
}
if (wanted.length === 0 || wanted.includes('cli')) await makeHelmPlugin('dist/helm-plugin')

/**
 * The command line as `helm chart …`, which Helm had until 3.6. Helm 3.7 and later, and 4, read this form of the file.
 * @see https://helm.sh/docs/topics/plugins/
 */
async function makeHelmPlugin(directory) {
  const { version } = JSON.parse(await readFile('package.json', 'utf8'))
  const lines = [
    'name: chart',
    `version: ${version}`,
    'usage: save, list, push, pull, export and remove charts in the local chart cache',
    'description: The chart commands that Helm had until 3.6, and more. Needs Node 20.19 or later.',
    'platformCommand:',
    '  - command: node',
    '    args: ["${HELM_PLUGIN_DIR}/cli.mjs", "chart"]',
  ]
  await mkdir(directory, { recursive: true })
  await copyFile('dist/cli.mjs', `${directory}/cli.mjs`)
  await writeFile(`${directory}/plugin.yaml`, `${lines.join('\n')}\n`)
}
