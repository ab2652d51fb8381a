/** What is loaded when Chartroom is first used; `esbuild.mjs` makes a file of its own of it. */
export { App } from './app.ts'
export { runById } from './commands/commands.ts'
