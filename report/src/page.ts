/** The page of the reproduced report, as Markdown: each experiment with the report's claim, figures, tables, findings and the
 *  command that makes it. */

import type { Drawing, Experiment, Finding, Table } from "./experiment.ts";
import type { Scale } from "./runs.ts";

export interface Entry {
  readonly experiment: Experiment;
  readonly drawing: Drawing;
  readonly done: number;
  readonly total: number;
  /** Where a measurement was made. */
  readonly machine?: string | undefined;
}

/** figures/NAME.svg beside the page. */
export const figurePath = (name: string): string => `figures/${name}.svg`;

/** `out` is the folder of the page, as the command line names it. */
export function pageText(scale: Scale, entries: readonly Entry[], out: string): string {
  const within = entries.filter(({ experiment }) => experiment.kind !== "beyond");
  const beyond = entries.filter(({ experiment }) => experiment.kind === "beyond");
  const decided = entries.filter(({ drawing }) => drawing.findings.length > 0);
  const chaptered = chapters(within).flatMap(([chapter, inside]) => [
    `## ${chapter}`,
    ...inside.map((entry) => section(entry, scale, out)),
  ]);
  return `${[
    "# The report, reproduced",
    introduction(scale, out),
    scale !== "full" &&
      `**This page shows the scale \`${scale}\`, which proves ${scale === "smoke" ? "that everything runs, and nothing" : "little"} about the report; ` +
        "what is said of epochs and seeds describes the full one.**",
    decided.length > 0 && "## At a glance",
    decided.length > 0 && overview(decided),
    ...chaptered,
    beyond.length > 0 && "## Beyond the report",
    ...beyond.map((entry) => section(entry, scale, out)),
  ]
    .filter((part) => part)
    .join("\n\n")}\n`;
}

const introduction = (scale: Scale, out: string) =>
  `In 2021 three students of TU Dortmund trained a binarized 784-500-1024-1024-10 network on MNIST and studied in figures and
tables how to (Jack Diep, Florian Köhler, Yannick Naumann: *Training eines binären Neuronalen-Netzwerkes auf den MNIST Datensatz*). This page goes
through them one by one: what the report says, our plot from our own runs, our numbers, and whether they agree.

Everything below is made by \`npx onebit reproduce all --scale ${scale} --out ${out}\`; each section names the command for it alone. Training runs are
kept in [results/](results), a line a run, with the whole configuration and the trained model's hash: the same command trains the same models
anywhere. Illustrations need no runs: their numbers are computed by the layers, kernels and optimizers that training uses, as they are drawn.

Unless a section says otherwise, runs are the report's set-up as the preset \`report\` has it: 784-500-1024-1024-10, threshold input, batch norm,
batch 100, rate 1.5. What the report leaves open had to be assumed:

* the optimizer, Adadelta (docs/decisions/optimizer-of-the-report.md says why), with a constant rate;
* the threshold, pixel > 127, and that a pixel is −1 or +1;
* initial weights, uniform in ±1/√inputs, and latent weights that are not clipped;
* 5,000 of the training images are held out for validation, so that 55,000 are trained on;
* gradients are rounded at random to integers of 6 bits, which is what onebit does; what that costs is [measured](#bits-of-a-gradient).

Curves are means over seeds, with the range from the lowest to the highest; “±” is the standard deviation over seeds. “Best on validation” is the test
accuracy at the epoch whose validation accuracy was best: no epoch was chosen by the test images, though their accuracy is drawn, as the report
draws it.`;

function overview(entries: readonly Entry[]): string {
  const rows = entries.flatMap(({ experiment, drawing }) =>
    drawing.findings.map(({ claim, verdict }, i) => [
      i === 0 ? `[${heading(experiment)}](#${anchor(heading(experiment))})` : "",
      claim,
      MARKS[verdict],
    ]),
  );
  return markdown({ head: ["", "claim", "here"], rows }, 3);
}

const MARKS: Readonly<Record<Finding["verdict"], string>> = {
  confirmed: "✓ confirmed",
  contradicted: "✗ contradicted",
  open: "open",
};

const CHAPTERS: Readonly<Record<string, string>> = {
  "2": "Neural networks (chapter 2)",
  "3": "The binarized network (chapter 3)",
  "4": "Training (chapter 4)",
  "5": "Binarization (chapter 5)",
  "6": "Export (chapter 6)",
};

function chapters(entries: readonly Entry[]): [string, Entry[]][] {
  return Object.entries(CHAPTERS)
    .map(([number, title]): [string, Entry[]] => [
      title,
      entries.filter(({ experiment }) => experiment.section[0] === number),
    ])
    .filter(([, inside]) => inside.length > 0);
}

function section({ experiment, drawing, done, total, machine }: Entry, scale: Scale, out: string): string {
  const { id, report, setup, discussion } = experiment;
  const { figures, tables, findings } = drawing;
  const bullets = findings.map(({ claim, verdict, evidence }) => `* **${MARKS[verdict]}:** ${claim} ${evidence}`);
  const sized = experiment.runs || experiment.measure ? ` --scale ${scale}` : "";
  const command = `npx onebit reproduce ${id}${sized} --out ${out}`;
  return [
    `### ${heading(experiment)}`,
    `> ${report} *(section ${experiment.section})*`,
    ...figures.map(({ name, caption }) => `![${caption}](${figurePath(name)})`),
    ...tables.map((table) => markdown(table)),
    machine && `Measured on ${machine}.`,
    done < total && `*${done} of ${total} runs are done.*`,
    bullets.join("\n"),
    scale === "full" && done === total && discussion,
    setup,
    `\`${command}\``,
  ]
    .filter((part) => part)
    .join("\n\n");
}

/** "Figure 4.1: Learning rates" */
export function heading({ id, kind, covers = [], section, title }: Experiment): string {
  const numbers = [id, ...covers].map((name) => name.replace(/^(fig|tab)-/, "").replace("-", " ")).join(", ");
  switch (kind) {
    case "figure":
      return `Figure${covers.length > 0 ? "s" : ""} ${numbers}: ${title}`;
    case "table":
      return `Table ${numbers}: ${title}`;
    case "section":
      return `Section ${section}: ${title}`;
    case "beyond":
      return title;
  }
}

/** As GitHub makes anchors of headings. */
const anchor = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\- ]/gu, "")
    .replaceAll(" ", "-");

/** Columns from `right` on are aligned to the right. */
function markdown({ head, rows }: Table, right = 1): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => (i < right ? "---" : "---:"))), ...rows.map(line)].join("\n");
}
