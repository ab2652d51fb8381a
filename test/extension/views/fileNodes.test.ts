import { describe, expect, it } from 'vitest'
import { fileNodes, isFileNode, type InsideNode } from '../../../src/extension/views/fileNodes.ts'

describe('the files of a chart', () => {
  it('start with what a reader looks for, then the folders', () => {
    const paths = [
      '.helmignore',
      'Chart.lock',
      'Chart.yaml',
      'README.md',
      'charts/sub/Chart.yaml',
      'crds/one.yaml',
      'templates/_helpers.tpl',
      'templates/tests/smoke.yaml',
      'values.yaml',
    ]

    const nodes = fileNodes(
      { place: 'cache', reference: 'localhost:5000/myrepo/mychart:1.0.0' },
      paths.map((path) => ({ path, size: 1 })),
    )

    expect(outline(nodes)).toEqual([
      'Chart.yaml',
      'values.yaml',
      'README.md',
      '.helmignore',
      'Chart.lock',
      'templates/',
      '  _helpers.tpl',
      '  tests/',
      '    smoke.yaml',
      'charts/',
      '  sub/',
      '    Chart.yaml',
      'crds/',
      '  one.yaml',
    ])
  })

  it('know their path and their chart', () => {
    const [directory] = fileNodes({ place: 'registry', reference: 'h.io/a:1' }, [
      { path: 'templates/x.yaml', size: 12 },
    ])

    expect(directory).toMatchObject({
      children: [
        {
          path: 'templates/x.yaml',
          place: 'registry',
          reference: 'h.io/a:1',
          size: 12,
          id: 'file h.io/a:1 templates/x.yaml',
        },
      ],
    })
  })
})

it('the row of a file is told from whatever else a command may be handed', () => {
  const [file] = fileNodes({ place: 'cache', reference: 'h.io/a:1' }, [{ path: 'values.yaml', size: 1 }])

  expect(isFileNode(file)).toBe(true)
  for (const other of [undefined, null, 'file', {}, { kind: 'file' }, { kind: 'tag', place: 'cache' }]) {
    expect(isFileNode(other)).toBe(false)
  }
})

function outline(nodes: readonly InsideNode[], indent = ''): string[] {
  return nodes.flatMap((node) =>
    node.kind === 'directory'
      ? [`${indent}${node.name}/`, ...outline(node.children, `${indent}  `)]
      : [`${indent}${node.name}`],
  )
}
