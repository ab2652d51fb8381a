// What an editor waits for before it can show the first rows of a large cache. Prints milliseconds as JSON.
// Arguments: the built core, the layout.
const [, , core, root] = process.argv
const before = performance.now()
const { ChartCache } = require(core)
const loaded = performance.now()

async function measure() {
  const cache = new ChartCache(root)
  const names = await cache.names()
  const named = performance.now()
  await cache.list({ references: names.slice(0, 50) })
  const done = performance.now()
  const { user, system } = process.cpuUsage()
  console.log(
    JSON.stringify({
      start: before,
      load: loaded - before,
      names: named - loaded,
      firstPage: done - named,
      processor: (user + system) / 1000,
    }),
  )
}

void measure()
