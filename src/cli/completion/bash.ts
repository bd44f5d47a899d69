/** The completion script of bash, 3.2 and later. */

import type { OptionWords, ProgramWords } from "./words.ts";

/** Where no word fits, readline completes files. It takes what is behind the last colon for the word that it completes,
 *  so that as much is cut off what is found. */
export function bashScript({ options, commands }: ProgramWords): string {
  const first = [...commands.map(({ name }) => name), ...flagsOf(options)];
  return `# Completion of onebit for bash: source <(onebit completion bash)
_onebit() {
  local line=\${COMP_LINE:0:COMP_POINT} command= values= cur prev last i
  local -a words
  read -r -a words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  last=$((\${#words[@]} - 1))
  cur=\${words[last]} prev=\${words[last - 1]}
  case $cur in
    --*=*) prev=\${cur%%=*} cur=\${cur#*=} ;;
  esac
  for ((i = 1; i < last; i++)); do
    case \${words[i]} in
      -*) ;;
      *) command=\${words[i]}; break ;;
    esac
  done
  case "$command $prev" in
${valueCases(commands)}
    *)
      case "$command $cur" in
        ' '*) values='${first.join(" ")}' ;;
${commands.map((command) => optionCases(command)).join("\n")}
      esac
      ;;
  esac
  COMPREPLY=($(compgen -W "$values" -- "$cur"))
  if [[ $cur == *:* && $COMP_WORDBREAKS == *:* ]]; then
    COMPREPLY=("\${COMPREPLY[@]#"\${cur%"\${cur##*:}"}"}")
  fi
  [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *: ]] && compopt -o nospace 2> /dev/null
  return 0
}
complete -o default -F _onebit onebit
`;
}

/** A case for each list of values, with all options that take them. */
function valueCases(commands: ProgramWords["commands"]): string {
  const places = new Map<string, string[]>();
  for (const { name, options } of commands) {
    for (const { flags, values } of options) {
      if (values === undefined) continue;
      const words = values.words.join(" ");
      places.set(words, [...(places.get(words) ?? []), ...flags.map((flag) => `'${name} ${flag}'`)]);
    }
  }
  return [...places].map(([words, flags]) => `    ${flags.join(" | ")}) values='${words}' ;;`).join("\n");
}

function optionCases({ name, options, values }: ProgramWords["commands"][number]): string {
  const flags = `        '${name} -'*) values='${flagsOf(options).join(" ")}' ;;`;
  return values.words.length === 0 ? flags : `${flags}\n        '${name} '*) values='${values.words.join(" ")}' ;;`;
}

const flagsOf = (options: readonly OptionWords[]) => options.flatMap(({ flags }) => flags);
