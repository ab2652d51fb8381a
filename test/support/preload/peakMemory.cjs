// Preloaded into a process under test: says at its end how much memory it had at most, in KiB.
const { readFileSync, writeFileSync } = require('node:fs')

process.on('exit', () => {
  writeFileSync(process.env.PEAK_MEMORY_FILE, String(peak()))
})

function peak() {
  // On Linux the figure that Node gives starts with that of the process that started this one.
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS
  return Number(/^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1])
}
