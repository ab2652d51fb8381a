import { gzipSync } from 'node:zlib'
import { Header } from 'tar'
import type { ErrorKind } from '../../../src/core/base/errors.ts'
import { chartYaml, tarball, type Entry } from './tarball.ts'

export interface HostileArchive {
  readonly what: string
  readonly kind: ErrorKind
  /** A part of the sentence that refuses it. */
  readonly problem: string
  readonly bytes: () => Buffer
}

/** Archives that no `helm package` makes, by hand. All but the one thing is a sound chart `arc`. */
export const hostileArchives: readonly HostileArchive[] = [
  ...unsafe('leads out of the chart', [
    ['a path upwards', { path: 'arc/a/../../x' }],
    ['a path upwards at its end', { path: 'arc/a/..' }],
    ['a path upwards right away', { path: 'arc/../x' }],
    ['a path far upwards', { path: `arc/${'../'.repeat(30)}etc/passwd` }],
    ['a path that stays inside in the end', { path: 'arc/a/../b' }],
    ['a path upwards with backslashes', { path: 'arc\\..\\x' }],
    ['a base directory upwards', { path: '../x' }],
    ['a base directory upwards with a backslash', { path: '..\\x' }],
    ['a folder upwards', { path: 'arc/../../x/', type: 'Directory' }],
    ['a path upwards in an extended header', { path: 'arc/x', pax: { path: 'arc/../../x' } }],
  ]),
  ...unsafe('leads out of the chart', [['a path upwards in a long name of GNU', ...longName('arc/../../x')]]),
  ...unsafe('is an absolute path', [
    ['an absolute path', { path: '/etc/x' }],
    ['an absolute path with two slashes', { path: '//etc/x' }],
    ['an absolute path inside', { path: 'arc//etc/x' }],
    ['an absolute path with a dot', { path: '/./x' }],
    ['an absolute path with a backslash', { path: '\\etc\\x' }],
    ['a share', { path: '\\\\srv\\x' }],
    ['a path of devices', { path: '\\\\?\\C:\\x' }],
    ['an absolute folder', { path: '/etc/', type: 'Directory' }],
  ]),
  ...unsafe('names a drive', [
    ['a drive', { path: 'C:\\x' }],
    ['a drive with a slash', { path: 'c:/x' }],
    ['a drive inside, without a slash', { path: 'arc/C:x' }],
    ['a drive inside', { path: 'arc/C:/x' }],
  ]),
  ...unsafe('is not a plain path', [
    ['a dot in a path', { path: 'arc/./x' }],
    ['a path that ends with a dot', { path: 'arc/x/.' }],
    ['two slashes in a path', { path: 'arc/x//y' }],
  ]),
  ...unsafe('begins with ./', [
    ['a dot in front of a path', { path: './arc/x' }],
    ['a dot in front of a path upwards', { path: './..' }],
    ['a dot for the folder of the chart', { path: './', type: 'Directory' }],
  ]),
  ...unsafe('starts with two dots', [['a name with two dots in front', { path: 'arc/..x' }]]),
  ...unsafe('lies outside of arc/', [['a second base directory', { path: 'other/x' }]]),
  ...unsafe('lies beside the folder of the chart', [
    ['a file beside the base directory', { path: 'x' }],
    ['a drive in place of the base directory', { path: 'C:x' }],
  ]),
  ...unsafe('is a symbolic link', [
    ['a link to an absolute path', { path: 'arc/l', type: 'SymbolicLink', linkpath: '/etc/passwd' }],
    ['a link upwards', { path: 'arc/l', type: 'SymbolicLink', linkpath: '../../x' }],
    ['a link inside', { path: 'arc/l', type: 'SymbolicLink', linkpath: 'Chart.yaml' }],
    ['a link to itself', { path: 'arc/l', type: 'SymbolicLink', linkpath: 'l' }],
    ['a lock that is a link', { path: 'arc/Chart.lock', type: 'SymbolicLink', linkpath: '/etc/passwd' }],
    [
      'a link and a file through it',
      { path: 'arc/l', type: 'SymbolicLink', linkpath: '/tmp' },
      { path: 'arc/l/x' },
    ],
  ]),
  ...unsafe('is a hard link', [
    ['a hard link inside', { path: 'arc/l', type: 'Link', linkpath: 'arc/Chart.yaml' }],
    ['a hard link outside', { path: 'arc/l', type: 'Link', linkpath: '/etc/passwd' }],
  ]),
  ...unsafe('is a pipe', [['a pipe', { path: 'arc/p', type: 'FIFO' }]]),
  ...unsafe('is a device', [
    ['a block device', { path: 'arc/d', type: 'BlockDevice' }],
    ['a character device', { path: 'arc/d', type: 'CharacterDevice' }],
  ]),
  ...unsafe('is neither a file nor a folder', [
    ['a dump of a folder', { path: 'arc/d', type: 'GNUDumpDir' }],
    ['the rest of a file of another archive', { path: 'arc/d', type: 'ContinuationFile' }],
  ]),
  ...unsafe('is there twice', [
    ['a file twice', { path: 'arc/Chart.yaml', content: chartYaml }],
    [
      'a file and a folder of one name, the file last',
      { path: 'arc/a/', type: 'Directory' },
      { path: 'arc/a' },
    ],
    ['a folder that is a file too', { path: 'arc/a/b' }, { path: 'arc/a' }],
  ]),
  ...unsafe('is there as a file, too', [
    [
      'a file and a folder of one name, the file first',
      { path: 'arc/a' },
      { path: 'arc/a/', type: 'Directory' },
    ],
  ]),
  ...unsafe('cannot be told from', [
    ['a file in two cases', { path: 'arc/chart.yaml', content: chartYaml }],
    ['a file in two cases beyond ASCII', { path: 'arc/\u00c4' }, { path: 'arc/\u00e4' }],
    ['a file in two normal forms', { path: 'arc/\u00e9' }, { path: 'arc/e\u0301' }],
    ['a file with the other K', { path: 'arc/k' }, { path: 'arc/\u212a' }],
  ]),
  ...unsafe('lies in what is a file', [
    ['a file that is a folder too', { path: 'arc/a' }, { path: 'arc/a/b' }],
  ]),
  ...unsafe('is a file with the name of a folder', [
    ['a file with a slash at its end', { path: 'arc/a/', content: 'x' }],
  ]),
  ...unsafe('has control characters in its name', [
    ['a terminal sequence in a name', { path: 'arc/a\u001b[31m' }],
    ['a line break in a name', { path: 'arc/a\nb' }],
    ['a null character in an extended header', { path: 'arc/x', pax: { path: 'arc/Chart.yaml\0.png' } }],
  ]),
  ...unsafe('turn the direction of text', [
    ['an override of direction', { path: 'arc/a\u202etxt.exe' }],
    ['an isolate of direction', { path: 'arc/a\u2066b' }],
  ]),
  ...unsafe('is longer than 1024 bytes', [
    ['a path too long', { path: 'x', pax: { path: `arc/${'x/'.repeat(512)}x` } }],
  ]),
  ...unsafe('has a name of more than 255 bytes', [
    ['a name too long', { path: 'x', pax: { path: `arc/${'x'.repeat(256)}` } }],
  ]),
  ...unsafe('is more than 32 folders deep', [['a path too deep', { path: `arc/${'d/'.repeat(32)}x` }]]),
  ...unsafe('holds a sparse file', [
    [
      'a sparse file',
      { path: 'PaxHeader/x', type: 'ExtendedHeader', content: '22 GNU.sparse.major=1\n' },
      { path: 'arc/x' },
    ],
  ]),
  ...named('must not contain a slash', [
    '../../evil',
    '../x',
    'a/b',
    'a/',
    'a/..',
    '/etc',
    'a\\b',
    '..\\x',
    '\\\\srv\\x',
    'c:/x',
  ]),
  ...named('stands for a directory', ['.', '..']),
  ...named('begins with a dot', ['.git', '.vscode', '...', '..x']),
  ...named('is longer than 250 bytes', ['x'.repeat(300), '\u65e5'.repeat(84)]),
  ...named('names a drive', ['C:x', 'c:']),
  ...named('is empty', [' ', '\u00a0']),
  ...named('is missing', ['', '\u200b']),
  ...named('is not UTF-8', ['a\ufffd']),
  ...chartYamls('invalid-chart', [
    ['a bomb of aliases', 'aliases', bombOfAliases()],
    ['brackets without end', 'not valid YAML', `a: ${'['.repeat(100_000)}`],
    ['maps within maps', 'not valid YAML', `a: ${'{a: '.repeat(5000)}`],
    ['an empty maintainer', 'empty entry', 'maintainers: [null]'],
    ['an alias with a path', 'may hold only letters', 'dependencies: [{name: x, alias: ../x}]'],
    ['a map that holds itself', 'not valid YAML', 'a: &a {b: *a}'],
  ]),
  ...strange(['Z', '8', '\u0001']),
  ...damaged([
    ['a cut in the middle', (bytes) => bytes.subarray(0, bytes.length / 2)],
    ['a cut behind the data', (bytes) => bytes.subarray(0, -8)],
    ['another checksum', (bytes) => edited(bytes, bytes.length - 8)],
    ['another length', (bytes) => edited(bytes, bytes.length - 1)],
    ['something behind the end', (bytes) => Buffer.concat([bytes, Buffer.from('more')])],
    ['a zero and something behind the end', (bytes) => Buffer.concat([bytes, Buffer.from('\0more')])],
  ]),
  ...brokenTars([
    ['a header with another checksum', (tar) => edited(tar, 0)],
    [
      'a header with a negative size',
      (tar) => withField(tar, 124, Buffer.from('ffffffffffffffffffffffff', 'hex')),
    ],
    [
      'a header with a size beyond all numbers',
      (tar) => withField(tar, 124, Buffer.from('807fffffffffffffffffffff', 'hex')),
    ],
    ['a header with a size that is no number', (tar) => withField(tar, 124, Buffer.from('zzzzzzzzzzz\0'))],
    ['a file that ends early', (tar) => tar.subarray(0, 700)],
    ['a gap', (tar) => Buffer.concat([tar.subarray(0, -1024), Buffer.alloc(512), tar])],
    ['an extended header that lies about its length', (tar) => Buffer.concat([paxOf('999 path=x\n'), tar])],
    ['an extended header without a key', (tar) => Buffer.concat([paxOf('5 =x\n'), tar])],
    ['an extended header of 2 MiB', (tar) => Buffer.concat([paxOf('x'.repeat(2 * 1024 * 1024)), tar])],
  ]),
]

/** Names that only look hostile; their files land in the chart under that very name. */
export const harmlessNames = [
  '%2e%2e%2fx',
  '\u2024\u2024',
  '\uff0e\uff0e',
  'a..b',
  'b..',
  '...',
  '$(x)',
  '-rf',
  '~',
  'con',
].map((name) => (name.startsWith('..') ? `a/${name}` : name))

type Row = readonly [what: string, ...entries: Entry[]]

function unsafe(problem: string, rows: readonly Row[]): HostileArchive[] {
  return rows.map(([what, ...entries]) => ({
    what,
    kind: 'archive-unsafe',
    problem,
    bytes: () => gzipSync(tarball({ path: 'arc/Chart.yaml', content: chartYaml }, ...entries)),
  }))
}

function longName(path: string): Entry[] {
  return [{ path: '././@LongLink', type: 'NextFileHasLongPath', content: `${path}\0` }, { path: 'arc/x' }]
}

function named(problem: string, names: readonly string[]): HostileArchive[] {
  return names.map((name) => ({
    what: `a chart called ${name.slice(0, 20)}`,
    kind: 'invalid-chart',
    problem,
    bytes: () => archiveOf(`name: '${name}'\nversion: 1.0.0\n`),
  }))
}

function chartYamls(
  kind: ErrorKind,
  rows: readonly (readonly [what: string, problem: string, yaml: string])[],
): HostileArchive[] {
  return rows.map(([what, problem, yaml]) => ({
    what,
    kind,
    problem,
    bytes: () => archiveOf(`${chartYaml}${yaml}\n`),
  }))
}

/** Entries of types that have no name. */
function strange(types: readonly string[]): HostileArchive[] {
  return types.map((type) => ({
    what: `an entry of type ${JSON.stringify(type)}`,
    kind: 'archive-unsafe',
    problem: 'is neither a file nor a folder',
    bytes: () => {
      const entry = withField(tarball({ path: 'arc/d' }), 156, Buffer.from(type))
      return gzipSync(
        Buffer.concat([entry.subarray(0, 512), tarball({ path: 'arc/Chart.yaml', content: chartYaml })]),
      )
    },
  }))
}

function damaged(
  rows: readonly (readonly [what: string, damage: (bytes: Buffer) => Buffer])[],
): HostileArchive[] {
  return rows.map(([what, damage]) => ({
    what,
    kind: 'integrity',
    problem: 'is damaged',
    bytes: () => damage(archiveOf(chartYaml)),
  }))
}

function brokenTars(
  rows: readonly (readonly [what: string, damage: (tar: Buffer) => Buffer])[],
): HostileArchive[] {
  return rows.map(([what, damage]) => ({
    what,
    kind: 'integrity',
    problem: 'is damaged',
    bytes: () => gzipSync(damage(tarball({ path: 'arc/Chart.yaml', content: chartYaml }))),
  }))
}

function archiveOf(yaml: string): Buffer {
  return gzipSync(tarball({ path: 'arc/Chart.yaml', content: yaml }))
}

function bombOfAliases(): string {
  const laughs = Array.from({ length: 12 }, (_, n) => `l${n + 1}: &l${n + 1} [${`*l${n}, `.repeat(10)}x]`)
  return ['l0: &l0 [lol]', ...laughs].join('\n')
}

function edited(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 0xff
  return copy
}

/** The archive with other bytes in its first header, whose checksum is right. */
function withField(tar: Buffer, at: number, field: Buffer): Buffer {
  const copy = Buffer.from(tar)
  field.copy(copy, at)
  copy.fill(' ', 148, 156)
  const sum = copy.subarray(0, 512).reduce((total, byte) => total + byte, 0)
  copy.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return copy
}

function paxOf(records: string): Buffer {
  const body = Buffer.from(records)
  const header = new Header({
    path: 'PaxHeader',
    type: 'ExtendedHeader',
    size: body.length,
    mode: 0o644,
    mtime: new Date(0),
  })
  header.encode()
  return Buffer.concat([
    header.block ?? Buffer.alloc(512),
    body,
    Buffer.alloc((512 - (body.length % 512)) % 512),
  ])
}
