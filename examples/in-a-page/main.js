// A page that classifies what is drawn on it. It needs a model of 28 × 28 pictures beside it, model.onebit: `npm start` trains one,
// and `cp runs/first/model.onebit examples/in-a-page/` puts it there. `npx vite` in the repository's root, or any other server of
// files, then shows the page at /examples/in-a-page/.

import { fromCanvas, open } from "onebit/infer";

const canvas = document.querySelector("canvas");
const output = document.querySelector("output");
const pen = canvas.getContext("2d", { willReadFrequently: true });
pen.lineWidth = 22;
pen.lineCap = "round";

const digits = await open(new URL("model.onebit", import.meta.url));
document.querySelector("#note").textContent = digits.engineNote ?? ""; // why it would run slowly

canvas.addEventListener("pointerdown", ({ offsetX, offsetY }) => {
  pen.beginPath();
  pen.moveTo(offsetX, offsetY);
});
canvas.addEventListener("pointermove", ({ buttons, offsetX, offsetY }) => {
  if (buttons === 0) return;
  pen.lineTo(offsetX, offsetY);
  pen.stroke();
});
canvas.addEventListener("pointerup", () => {
  output.textContent = digits.predict(fromCanvas(canvas))[0];
});
document.querySelector("button").addEventListener("click", () => {
  pen.clearRect(0, 0, canvas.width, canvas.height);
  output.textContent = "…";
});
