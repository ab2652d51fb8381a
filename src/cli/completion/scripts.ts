import type { Shell } from '../verbs/verb.ts'

/*
 * What a shell runs when somebody presses Tab: it hands what is written to `chartroom __complete`, which gives the words that
 * fit, one a line, with a tab before what they do, and in the last line what else fits: `:files`, `:directories` or `:none`.
 */

/** References hold colons, at which bash parts words, so the words are read from the line itself. */
const bash = `# bash completion for chartroom
_chartroom() {
  local line="\${COMP_LINE:0:COMP_POINT}" word directive=':none' words=() found=()
  read -ra words <<<"$line"
  [[ "$line" == *[[:space:]] ]] && words+=('')
  local cur="\${words[\${#words[@]}-1]}"
  COMPREPLY=()
  while IFS= read -r word; do
    case "$word" in
      :*) directive="$word" ;;
      *) found+=("\${word%%$'\\t'*}") ;;
    esac
  done < <("\${words[0]}" __complete -- "\${words[@]:1}" 2>/dev/null)
  case "$directive" in
    :files) compopt -o filenames 2>/dev/null; while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$cur") ;;
    :directories) compopt -o filenames 2>/dev/null; while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -d -- "$cur") ;;
    *)
      local start=''
      [[ "$COMP_WORDBREAKS" == *:* && "$cur" == *:* ]] && start="\${cur%:*}:"
      [[ "$COMP_WORDBREAKS" == *=* && "$cur" == *=* ]] && start="\${cur%=*}="
      for word in "\${found[@]}"; do COMPREPLY+=("\${word#"$start"}"); done
      ;;
  esac
}
complete -F _chartroom chartroom`

const zsh = `#compdef chartroom
_chartroom() {
  local -a lines found
  local line directive=':none'
  lines=("\${(@f)$("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  for line in "\${lines[@]}"; do
    case "$line" in
      '') ;;
      :*) directive="$line" ;;
      *$'\\t'*) found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}") ;;
      *) found+=("\${line//:/\\\\:}") ;;
    esac
  done
  case "$directive" in
    :files) _files ;;
    :directories) _files -/ ;;
    *) _describe -V 'chartroom' found ;;
  esac
}
if [ "$funcstack[1]" = "_chartroom" ]; then
  _chartroom "$@"
else
  compdef _chartroom chartroom
fi`

const fish = `# fish completion for chartroom
function __chartroom_complete
  set -l words (commandline -opc)
  set -l found ($words[1] __complete -- $words[2..-1] (commandline -ct) 2>/dev/null)
  switch "$found[-1]"
    case ':files'
      __fish_complete_path (commandline -ct)
    case ':directories'
      __fish_complete_directories (commandline -ct)
    case '*'
      string match -v ':*' -- $found
  end
end
complete -c chartroom -f -a '(__chartroom_complete)'`

const powershell = `# PowerShell completion for chartroom
Register-ArgumentCompleter -Native -CommandName chartroom -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $elements = @($commandAst.CommandElements | Where-Object { $_.Extent.StartOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
  $words = @($elements | Select-Object -Skip 1)
  if ($wordToComplete -eq '') { $words += '""' }
  $found = @(& $elements[0] __complete -- @words 2>$null)
  foreach ($line in $found | Where-Object { -not $_.StartsWith(':') }) {
    $parts = $line -split "\`t", 2
    $summary = if ($parts.Length -gt 1) { $parts[1] } else { $parts[0] }
    [System.Management.Automation.CompletionResult]::new($parts[0], $parts[0], 'ParameterValue', $summary)
  }
}`

/** What to give each shell. */
export const scripts: Readonly<Record<Shell, string>> = { bash, zsh, fish, powershell }
