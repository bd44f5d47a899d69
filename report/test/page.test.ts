import { expect, test } from "vitest";
import type { Experiment, Finding } from "../src/experiment.ts";
import { finding } from "../src/findings.ts";
import { type Entry, heading, pageText } from "../src/page.ts";

const experiment: Experiment = {
  id: "fig-4.1",
  kind: "figure",
  covers: ["appendix-8.1"],
  title: "Rates",
  section: "4.1",
  report: "1.5 is best.",
  setup: "Twenty epochs.",
  runs: () => [],
  draw: () => ({ figures: [], tables: [], findings: [] }),
};

const entry = (findings: Finding[], done = 3): Entry => ({
  experiment,
  drawing: {
    figures: [{ name: "fig-4.1", caption: "Curves.", spec: {} as never }],
    tables: [{ head: ["rate", "%"], rows: [["1.5", "95"]] }],
    findings,
  },
  done,
  total: 3,
});

test("a section has claim, figure, table, findings and command", () => {
  const page = pageText("full", [entry([{ claim: "It is so.", verdict: "confirmed", evidence: "By 2." }])], "here");
  expect(page).toContain(`## Training (chapter 4)

### Figures 4.1, appendix 8.1: Rates

> 1.5 is best. *(section 4.1)*

![Curves.](figures/fig-4.1.svg)

| rate | % |
| --- | ---: |
| 1.5 | 95 |

* **✓ confirmed:** It is so. By 2.

Twenty epochs.

\`npx onebit reproduce fig-4.1 --scale full --out here\``);
  expect(page).toContain(
    "| [Figures 4.1, appendix 8.1: Rates](#figures-41-appendix-81-rates) | It is so. | ✓ confirmed |",
  );
  expect(page).not.toContain("runs are done");
});

test("it says how many runs are missing, and when the scale proves nothing", () => {
  const page = pageText("smoke", [entry([], 2)], "here");
  expect(page).toContain("*2 of 3 runs are done.*");
  expect(page).toContain("scale `smoke`");
});

test("headings", () => {
  const { covers: _, ...alone } = experiment;
  const named = (id: string, kind: Experiment["kind"]) => heading({ ...alone, id, kind });
  expect(named("fig-4.1", "figure")).toBe("Figure 4.1: Rates");
  expect(named("tab-3.4", "table")).toBe("Table 3.4: Rates");
  expect(named("tab-6.1", "section")).toBe("Section 4.1: Rates");
  expect(named("beyond-data", "beyond")).toBe("Rates");
});

test("a finding is open until its runs are known", () => {
  const never = () => {
    throw new Error("there is no evidence yet");
  };
  expect(finding("a", true, false, never).verdict).toBe("open");
  expect(finding("a", true, true, () => "b")).toEqual({ claim: "a", verdict: "confirmed", evidence: "b" });
  expect(finding("a", false, true, () => "b").verdict).toBe("contradicted");
});
