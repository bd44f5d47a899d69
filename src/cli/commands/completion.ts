/** onebit completion */

import { Argument, type Command } from "commander";
import { bashScript } from "../completion/bash.ts";
import { fishScript } from "../completion/fish.ts";
import { wordsOf } from "../completion/words.ts";
import { zshScript } from "../completion/zsh.ts";
import type { Io } from "../io.ts";
import { addExample } from "../options.ts";

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;
type Shell = keyof typeof scripts;

export function define(command: Command, io: Io, whole: () => Promise<Command>): void {
  command
    .description("Print a script with which a shell completes the commands of onebit, their options and values at Tab.")
    .addArgument(new Argument("<shell>", "which one").choices(Object.keys(scripts)));
  addExample(command, "onebit completion bash > onebit-completion.bash");
  command.addHelpText(
    "after",
    `
To load it in each new shell, where onebit is in PATH (npm install -g onebit):
  bash: in ~/.bashrc  source <(onebit completion bash)
  zsh:  in ~/.zshrc   source <(onebit completion zsh)
  fish: run once      onebit completion fish \\
                        > ~/.config/fish/completions/onebit.fish`,
  );
  command.action(async (shell: Shell) => {
    io.stdout.write(scripts[shell](wordsOf(await whole())));
  });
}
