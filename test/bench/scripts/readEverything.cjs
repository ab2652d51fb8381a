// What a list of charts cannot do without: reads index, manifests and configs of the layout that it is given, and nothing else.
const { readFileSync } = require('node:fs')
const { join } = require('node:path')

const root = process.argv[2]
const blob = ({ digest }) =>
  readFileSync(join(root, 'blobs', 'sha256', digest.slice('sha256:'.length)), 'utf8')

const charts = JSON.parse(readFileSync(join(root, 'index.json'), 'utf8')).manifests.map((entry) => {
  const { config } = JSON.parse(blob(entry))
  return JSON.parse(blob(config))
})
console.log(charts.length)
