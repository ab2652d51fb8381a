// Preloaded into a process under test: says at its end how much memory it had at most.
const { writeFileSync } = require('node:fs')

process.on('exit', () => {
  // Kilobytes on every platform.
  writeFileSync(process.env.PEAK_MEMORY_FILE, String(process.resourceUsage().maxRSS))
})
