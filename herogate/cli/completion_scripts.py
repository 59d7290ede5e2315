"""What each shell runs to complete a ``herogate`` line: it asks the program itself."""

from __future__ import annotations

from collections.abc import Mapping

_BASH = """\
_herogate() {
    local line="${COMP_LINE:0:COMP_POINT}" last kept
    local -a typed
    read -r -a typed <<< "$line"
    [[ "$line" == *[[:space:]] ]] && typed+=("")
    last="${typed[${#typed[@]}-1]}"
    # Readline completes what is behind the last colon or equals sign of a word.
    kept="${last%"${last##*[:=]}"}"
    local IFS=$'\\n'
    COMPREPLY=($(herogate autocomplete:words -- "${typed[@]:1}" 2>/dev/null))
    COMPREPLY=("${COMPREPLY[@]#"$kept"}")
    [[ ${#COMPREPLY[@]} -eq 1 && "${COMPREPLY[0]}" == *= ]] && compopt -o nospace
    return 0
}
complete -F _herogate herogate
"""

_ZSH = """\
_herogate() {
    local -a found
    found=("${(@f)$(herogate autocomplete:words -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
    compadd -Q -- ${found:#}
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
compdef _herogate herogate
"""

_FISH = """\
function __herogate
    set --local typed (commandline --current-process --tokenize --cut-at-cursor)
    set --local last (commandline --current-token --cut-at-cursor)
    herogate autocomplete:words -- $typed[2..-1] "$last" 2>/dev/null
end
complete --command herogate --no-files --arguments '(__herogate)'
"""

SCRIPTS: Mapping[str, str] = {"bash": _BASH, "fish": _FISH, "zsh": _ZSH}
"""By the shell's name."""
