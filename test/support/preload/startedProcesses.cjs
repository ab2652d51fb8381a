/**
 * Loaded into every Node of a run of all tests (NODE_OPTIONS): writes down how it was started, and how it starts others, in
 * the file that CHARTROOM_STARTED names.
 */
'use strict'

const { subscribe } = require('node:diagnostics_channel')
const { appendFileSync } = require('node:fs')

const path = process.env['CHARTROOM_STARTED']
if (path !== undefined) {
  write(process.argv)
  subscribe('child_process', ({ process: child }) => {
    // Only now it is made; by the next turn it has its arguments.
    setImmediate(() => {
      write(child.spawnargs)
    })
  })
}

/** @param {readonly string[] | undefined} args */
function write(args) {
  appendFileSync(path, JSON.stringify(args ?? []) + '\n')
}
