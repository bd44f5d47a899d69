/** The completion script of zsh, to be sourced or to be put into a folder of $fpath as _onebit. */

import type { OptionWords, ProgramWords, Values } from "./words.ts";

export function zshScript({ options, commands }: ProgramWords): string {
  const described = commands.map(({ name, help }) => `    ${quoted(`${name}:${help}`)}`);
  return `#compdef onebit
# Completion of onebit for zsh: source <(onebit completion zsh)

# The words that it is called with; behind one that ends with a colon more is typed.
_onebit_words() {
  if compset -P 'idx:'; then
    _files -/
    return
  fi
  local -a whole=(\${@:#*:}) open=(\${(M)@:#*:})
  compadd -a whole
  compadd -S '' -a open
}

_onebit_words_or_files() {
  _onebit_words "$@"
  _files
}

_onebit() {
  local curcontext=$curcontext state line
  typeset -A opt_args
  local -a commands=(
${described.join("\n")}
  )
  _arguments -C \\
${specs(options)} \\
    '1:command:->command' \\
    '*::argument:->argument'
  case $state in
    command) _describe command commands ;;
    argument)
      case $line[1] in
${commands.map((command) => branch(command)).join("\n")}
      esac
      ;;
  esac
}

if [[ $funcstack[1] == _onebit ]]; then
  _onebit "$@"
else
  compdef _onebit onebit
fi
`;
}

function branch({ name, options, values }: ProgramWords["commands"][number]): string {
  const more =
    values.words.length > 0 || values.files ? ` \\\n            ${quoted(`*:argument:${action(values)}`)}` : "";
  return `        ${name})
          _arguments \\
${specs(options, "            ")}${more}
          ;;`;
}

/** An option a line, as _arguments takes it: '(-h --help)'{-h,--help}'[what it does]'. With an equals sign behind its
 *  name its value may stand behind one, too. */
function specs(options: readonly OptionWords[], indent = "    "): string {
  return options
    .map(({ flags, help, values }) => {
      const text = help.replace(/[[\]\\]/g, "\\$&");
      const rest = values === undefined ? `[${text}]` : `=[${text}]:value:${action(values)}`;
      if (flags.length === 1) return `${indent}${quoted(`${flags[0]}${rest}`)}`;
      return `${indent}'(${flags.join(" ")})'{${flags.join(",")}}${quoted(rest)}`;
    })
    .join(" \\\n");
}

/** What completes a place. A space before it: it is called as it stands. */
function action({ words, files }: Values): string {
  if (words.length === 0) return files ? "_files" : " ";
  return ` _onebit_words${files ? "_or_files" : ""} ${words.join(" ").replaceAll(":", "\\:")}`;
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
