import { chartVerbs } from './chartVerbs.ts'
import { registryVerbs } from './registryVerbs.ts'
import { always, type Verb } from './verb.ts'

const completion: Verb = {
  path: 'completion',
  operands: ['SHELL'],
  summary: 'print what has a shell complete commands, flags and references',
  about:
    'Prints a script for bash, zsh, fish or powershell. Loaded into the shell, it completes commands, flags and their\n' +
    'values, and references from the cache. A line in the file that the shell reads when it starts loads it each time:\n' +
    '  ~/.bashrc                   source <(chartroom completion bash)\n' +
    '  ~/.zshrc                    source <(chartroom completion zsh)\n' +
    '  ~/.config/fish/config.fish  chartroom completion fish | source\n' +
    '  $PROFILE                    chartroom completion powershell | Out-String | Invoke-Expression',
  flags: [],
  global: always,
  examples: [
    'chartroom completion bash',
    'chartroom completion zsh',
    'chartroom completion fish',
    'chartroom completion powershell',
  ],
}

/** Every command, in the order in which help lists them. */
export const verbs: readonly Verb[] = [...chartVerbs, ...registryVerbs, completion]
