/** The scripts of `onebit completion`, and what the shells that are here make of them. */

import { execFileSync, spawnSync } from "node:child_process";
import { beforeAll, describe, expect, it } from "vitest";
import { flagOf } from "../../src/cli/options.ts";
import { commands } from "../../src/cli/program.ts";
import { keyNames } from "../../src/config/keys.ts";
import { presetNames } from "../../src/config/presets.ts";
import { dataSetNames } from "../../src/node/data-sets.ts";
import { onebit } from "./harness.ts";

const has = (shell: string) => spawnSync(shell, ["-c", "exit 0"]).status === 0;
const shells = ["bash", "zsh", "fish"] as const;
const scripts: Record<string, string> = {};

beforeAll(async () => {
  for (const shell of shells) {
    const { status, out, err } = await onebit(["completion", shell]);
    expect({ status, err }).toEqual({ status: 0, err: "" });
    scripts[shell] = out;
  }
});

describe.each(shells)("the script of %s", (shell) => {
  it("has all commands, all options of train, and their words", () => {
    const script = scripts[shell]!;
    const option = (name: string) => (shell === "fish" ? `-l ${name} ` : `--${name}`);
    for (const name of Object.keys(commands)) expect(script).toMatch(new RegExp(`\\b${name}\\b`));
    for (const key of keyNames) expect(script).toContain(option(flagOf(key)));
    for (const name of ["preset", "config", "no-clip", "out", "resume", "threads", "json"]) {
      expect(script).toContain(option(name));
    }
    expect(script).toContain([...dataSetNames].join(" "));
    expect(script).toContain(presetNames.join(" "));
    expect(script).toContain("int4 int5 int6 int8 float32");
  });

  it.runIf(has(shell))("is one that the shell can read", () => {
    expect(spawnSync(shell, ["-n"], { input: scripts[shell], encoding: "utf8" })).toMatchObject({
      status: 0,
      stderr: "",
    });
  });
});

it("refuses another shell", async () => {
  expect(await onebit(["completion", "tcsh"])).toEqual({
    status: 2,
    out: "",
    err: "error: 'tcsh' is invalid for argument 'shell'. Allowed choices are bash, zsh, fish.\n",
  });
});

/** What bash offers when Tab is typed at the end of a line. */
function bash(line: string): string[] {
  const program = `
    eval "$SCRIPT"
    COMP_LINE=$LINE COMP_POINT=\${#LINE} COMP_WORDBREAKS=$' \\t\\n"\\'><=;|&(:'
    _onebit
    complete -p onebit >&2
    ((\${#COMPREPLY[@]})) && printf '%s\\n' "\${COMPREPLY[@]}"
    exit 0`;
  const env = { SCRIPT: scripts.bash!, LINE: line };
  const { stdout, stderr } = spawnSync("bash", ["--norc", "-c", program], { env, encoding: "utf8" });
  expect(stderr).toBe("complete -o default -F _onebit onebit\n");
  return stdout.split("\n").filter((word) => word !== "");
}

describe.runIf(has("bash"))("bash", () => {
  it.each([
    ["onebit ", [...Object.keys(commands), "help", "-V", "--version", "-h", "--help"]],
    ["onebit ex", ["export"]],
    ["onebit help ver", ["verify"]],
    ["onebit completion ", ["bash", "zsh", "fish"]],
    ["onebit train --pre", ["--preset"]],
    ["onebit train --preset ", [...presetNames]],
    ["onebit train --preset=q", ["quick"]],
    ["onebit train --epochs 3 --linear ", ["binary", "normal"]],
    ["onebit train --linear binary --hidden b", ["batch-norm"]],
    ["onebit train --zero ", ["1", "-1"]],
    ["onebit train --zero -", ["-1"]],
    ["onebit train --binarize ", ["threshold:", "probability:", "none"]],
    ["onebit train --optimizer sgd", ["sgd", "sgd:"]],
    ["onebit train --init ", ["fan-in", "uniform:"]],
    ["onebit train --data ", [...dataSetNames, "idx:"]],
    ["onebit eval runs/first --split t", ["test", "train"]],
    ["onebit data --data fashion", ["fashion-mnist"]],
    ["onebit reproduce fig-4", ["fig-4.1", "fig-4.2"]],
    // The rest is files or numbers; where it says nothing, readline completes files.
    ["onebit train --data idx:", [""]],
    ["onebit train --config ", []],
    ["onebit train --epochs ", []],
    ["onebit eval ", []],
    ["onebit nothing ", []],
  ])("at «%s» offers %o", (line, words) => {
    expect(bash(line)).toEqual(words.filter((word) => word !== ""));
  });
});

it.runIf(has("fish"))("fish offers words with what they do", () => {
  const offered = (line: string) => {
    const program = `source (echo $SCRIPT | psub); complete -C '${line}'`;
    return execFileSync("fish", ["--no-config", "-c", program], {
      env: { ...process.env, SCRIPT: scripts.fish },
      encoding: "utf8",
    });
  };
  expect(offered("onebit ex")).toBe("export\ta frozen model as text, VHDL, C, ONNX, NumPy …\n");
  expect(offered("onebit train --linear ")).toBe("binary\nnormal\n");
});
