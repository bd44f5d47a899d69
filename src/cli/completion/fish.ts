/** The completion script of fish. */

import type { OptionWords, ProgramWords } from "./words.ts";

export function fishScript({ options, commands }: ProgramWords): string {
  const lines = [
    "# Completion of onebit for fish: onebit completion fish > ~/.config/fish/completions/onebit.fish",
    "complete -c onebit -f",
    ...options.map((option) => optionLine("__fish_use_subcommand", option)),
    ...commands.map(({ name, help }) => `complete -c onebit -n __fish_use_subcommand -a ${name} -d ${quoted(help)}`),
    ...commands.flatMap(({ name, options, values }) => {
      const condition = quoted(`__fish_seen_subcommand_from ${name}`);
      return [
        ...options.map((option) => optionLine(condition, option)),
        ...(values.files ? [`complete -c onebit -n ${condition} -F`] : []),
        ...(values.words.length > 0 ? [`complete -c onebit -n ${condition} -a ${quoted(values.words.join(" "))}`] : []),
      ];
    }),
  ];
  return `${lines.join("\n")}\n`;
}

/** -x takes no files, -r -F does. */
function optionLine(condition: string, { flags, help, values }: OptionWords): string {
  const names = flags.map((flag) => (flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  const kind = values === undefined ? [] : [values.files ? "-r -F" : "-x"];
  const words = values === undefined || values.words.length === 0 ? [] : [`-a ${quoted(values.words.join(" "))}`];
  return ["complete -c onebit -n", condition, ...names, ...kind, ...words, "-d", quoted(help)].join(" ");
}

const quoted = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
