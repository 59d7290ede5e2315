"""What a shell would make of a command line, as far as starting it well needs to be known. Pure.

Not a shell's grammar: whatever is not plainly understood counts as needing one.
"""

from __future__ import annotations

import re
import shlex

PASSING_SIGTERM_ON = (
    'trap "trap : TERM; kill -TERM 0" TERM; '
    "/bin/sh -c \"trap 'status=\\$?; wait; exit \\$status' TERM; $0\" & wait $!; status=$?; "
    "while kill -0 $! 2>/dev/null; do wait $!; status=$?; done; exit $status"
)
"""A shell's script that runs the command line given to it as ``$0`` and hands SIGTERM to all of it.

Whoever stops a container tells its first process alone. A shell that waits for a pipeline does not pass
that on: it dies, and takes the container along, or, as process 1, is deaf to it. So one shell tells its
process group, and the one that runs the line waits for the programs and begins nothing new.
"""

_ASSIGNMENTS = re.compile(r"""(?:[A-Za-z_]\w*=(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\])*\s+)*""")
_WORD = re.compile(r"[^\s;&|<>()]+")
_GRAMMAR = """
    [[ { } ! case do done elif else esac fi for function if in select then until while
"""
_BUILTINS = """
    . : alias bg break cd command continue eval exec exit export fg jobs local read readonly return set
    shift source time times trap type typeset ulimit umask unalias unset wait
"""
"""What only a shell itself can do."""

_OVER_AT_ONCE = """
    . : [ cd chmod cp echo export ln mkdir printf rm set test touch true ulimit umask unset
"""
"""What may stand before the command that runs on: nobody stops a process while they are at work."""

_NEEDING_A_SHELL = frozenset("$`*?[]{}~#!;&|<>()\n=")


def executed(line: str) -> str | None:
    """The line with its last command put in the shell's place; None if it cannot be.

    ``cd site && python app.py`` becomes ``cd site && exec python app.py``.
    """
    operators = _operators(line)
    if operators is None or any(operator not in {";", "&&", "||"} for _, operator in operators):
        return None
    if re.search(r"\btrap\b", line):
        return None  # whatever takes the shell's place would lose it
    *before, last = _commands(line, operators)
    if not all(_program(command) in _OVER_AT_ONCE.split() for _, command in before):
        return None
    program, begin = _program(last[1]), last[0] + _program_at(last[1])
    if program is None or program in {*_GRAMMAR.split(), *_BUILTINS.split()}:
        return line if program == "exec" else None
    return f"{line[:begin]}exec {line[begin:]}"


def filters_last(line: str) -> str:
    """The line with pipelines whose first program alone ends at SIGTERM.

    The others end when what they read has ended, so that no last words are lost:
    ``python app.py | tee log`` becomes ``python app.py | (trap "" TERM; tee log)``. What is not plainly
    understood stays as it is.
    """
    operators = _operators(line)
    commands = [] if operators is None else _commands(line, operators)
    if not operators or any(
        _program(command) in {None, *_GRAMMAR.split()} for _, command in commands
    ):
        return line
    written, is_after_first = "", False
    for (_, command), operator in zip(
        commands, [*(each for _, each in operators), ""], strict=True
    ):
        if operator == "|" and not is_after_first:
            written += f'{command}| (trap "" TERM;'
        elif operator != "|" and is_after_first:
            written += f"{command}\n){operator}"  # a comment may stand at its end
        else:
            written += f"{command}{operator}"
        is_after_first = operator == "|"
    return written


def words(line: str) -> tuple[str, ...] | None:
    """The line's words, if it can be started without a shell; None if it cannot."""
    try:
        split = tuple(shlex.split(line))
    except ValueError:
        return None
    if not split or _NEEDING_A_SHELL.intersection(_unquoted(line)):
        return None
    return split


def _unquoted(line: str) -> str:
    """The characters that a shell would look at: what stands in single quotes is left out."""
    return re.sub(r"'[^']*'", "", line)


def _commands(line: str, operators: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """The commands between the operators, and where each begins."""
    begins = [0, *(at + len(operator) for at, operator in operators)]
    ends = [*(at for at, _ in operators), len(line)]
    return [(begin, line[begin:end]) for begin, end in zip(begins, ends, strict=True)]


def _program(command: str) -> str | None:
    """The word that says what a command runs; None if it runs nothing."""
    first = _WORD.match(command[_program_at(command) :])
    if first is None or first[0][0] == "#" or re.match(r"[A-Za-z_]\w*=", first[0]):
        return None
    return first[0]


def _program_at(command: str) -> int:
    """Where that word begins: after the variables that are set for it."""
    blank = len(command) - len(command.lstrip())
    return blank + _ASSIGNMENTS.match(command[blank:]).end()  # type: ignore[union-attr]  # it matches nothing, too


def _operators(line: str) -> list[tuple[int, str]] | None:
    """Where commands end in the line, and by what; None if the line is not plainly understood."""
    found: list[tuple[int, str]] = []
    position = 0
    for token in _TOKEN.finditer(line):
        if token.start() != position:
            break
        position = len(line) if token.lastgroup == "comment" else token.end()
        if token.lastgroup == "operator":
            found.append((token.start(), token[0]))
    return found if position == len(line) else None


_TOKEN = re.compile(
    r"""
      '[^']*'
    | "(?:\\.|\$\([^()"]*\)|[^"\\`])*"
    | \\.
    | \$\([^()'"]*\)
    | \$
    | [<>]&[\d-]
    | (?<![^\s;&|])(?P<comment>\#.*)
    | (?P<operator>&&|\|\||;;|[;&|\n])
    | [^'"\\$`();&|\n\#]
    | \#
    """,
    re.VERBOSE,
)
