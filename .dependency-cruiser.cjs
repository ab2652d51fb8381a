/**
 * Who may import whom. ARCHITECTURE.md draws the picture; here it is proved.
 */
const vscode = '^vscode$|(^|/)@types/vscode(/|$)'
/** Knows nothing but Node. */
const base = '^src/core/base/'

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'A file that nobody imports and that imports nobody is forgotten.',
      severity: 'error',
      from: { orphan: true, path: '^src/' },
      to: {},
    },
    {
      name: 'everything-is-found',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: vscode },
    },
    {
      name: 'delivered-code-imports-runtime-dependencies-only',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: vscode },
    },
    {
      name: 'delivered-code-imports-delivered-code-only',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|scripts)/' },
    },
    {
      name: 'vscode-in-extension-only',
      comment: 'Even as a type: hand plain data or functions in.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/extension/' },
      to: { path: vscode },
    },
    {
      name: 'one-door-to-the-file-system',
      severity: 'error',
      from: { path: '^src/core/', pathNot: '^src/core/base/files/' },
      to: { path: '^(node:)?fs(/promises)?$' },
    },
    {
      name: 'files-have-one-door',
      severity: 'error',
      from: { pathNot: '^src/core/base/files(/|\\.ts$)' },
      to: { path: '^src/core/base/files/' },
    },
    {
      name: 'core-knows-core-only',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { path: '^src/', pathNot: '^src/core/' },
    },
    {
      name: 'base-knows-base-only',
      severity: 'error',
      from: { path: base },
      to: { path: '^src/core/', pathNot: base },
    },
    {
      name: 'base-knows-no-package',
      severity: 'error',
      from: { path: base },
      to: { dependencyTypes: ['npm'] },
    },
    {
      name: 'htpasswd-knows-base-only',
      severity: 'error',
      from: { path: '^src/core/htpasswd\\.ts$' },
      to: { path: '^src/core/', pathNot: base },
    },
    {
      name: 'oci-knows-base-only',
      severity: 'error',
      from: { path: '^src/core/oci/' },
      to: { path: '^src/core/', pathNot: ['^src/core/oci/', base] },
    },
    {
      name: 'siblings-never-meet',
      comment: 'They meet in operations, through Target and functions handed in.',
      severity: 'error',
      from: { path: '^src/core/(layout|registry|chart|credentials|repository)/' },
      to: { path: '^src/core/', pathNot: ['^src/core/($1|oci)/', base] },
    },
    {
      name: 'cache-is-layout-and-charts',
      severity: 'error',
      from: { path: '^src/core/cache/' },
      to: { path: '^src/core/', pathNot: ['^src/core/(cache|layout|chart|oci)/', base] },
    },
    {
      name: 'operations-do-not-know-the-door',
      severity: 'error',
      from: { path: '^src/core/operations/' },
      to: { path: '^src/core/index\\.ts$' },
    },
    {
      name: 'core-has-one-door',
      severity: 'error',
      from: { path: '^src/(extension|cli)/' },
      to: { path: '^src/core/', pathNot: '^src/core/index\\.ts$' },
    },
    {
      name: 'local-registry-builds-on-oci-and-layout',
      severity: 'error',
      from: { path: '^src/localRegistry/' },
      to: { path: '^src/', pathNot: ['^src/localRegistry/', '^src/core/(oci|layout)/', base] },
    },
    {
      name: 'cli-knows-core-and-local-registry',
      severity: 'error',
      from: { path: '^src/cli/' },
      to: { path: '^src/', pathNot: ['^src/cli/', '^src/core/', '^src/localRegistry/index\\.ts$'] },
    },
    {
      name: 'extension-knows-core-only',
      comment: 'It starts the command line as a process where it needs the local registry.',
      severity: 'error',
      from: { path: '^src/extension/' },
      to: { path: '^src/', pathNot: ['^src/extension/', '^src/core/'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^esbuild\\.mjs$', '^test/fixtures/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
    },
  },
}
