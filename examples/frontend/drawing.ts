// The emotion curve as a picture: a point for each rated step, stages told apart by lines.

import type { Journey } from "./asking";

const [WIDTH, HEIGHT, MARGIN] = [960, 260, 34];
const LETTER = 6.5; // the width of one, about
const SVG = "http://www.w3.org/2000/svg";
const [WORST, BEST] = [-2, 2];

function made(name: string, attributes: Record<string, string | number>, text = ""): SVGElement {
  const found = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) found.setAttribute(key, String(value));
  found.textContent = text;
  return found;
}

const shortened = (text: string, most: number) =>
  text.length > most ? `${text.slice(0, most - 1)}…` : text;

export function curve({ emotionCurve, stages, title }: Journey): Element {
  if (!emotionCurve?.points.length) {
    const none = document.createElement("p");
    none.textContent = "Nothing is rated yet.";
    return none;
  }
  const { points, peak, trough } = emotionCurve;
  const actions = new Map(
    stages.flatMap(({ steps }) => steps.map(({ uuid, action }) => [uuid, action])),
  );
  const names = new Map(stages.map(({ uuid, name }) => [uuid, name]));
  const x = (place: number) =>
    MARGIN + (place * (WIDTH - 2 * MARGIN)) / Math.max(points.length - 1, 1);
  const y = (rating: number) =>
    MARGIN + ((BEST - rating) * (HEIGHT - 2 * MARGIN)) / (BEST - WORST);

  const picture = made("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", id: "curve" });
  picture.append(made("title", {}, `Emotion curve of ${title}`));
  for (const rating of [-2, -1, 0, 1, 2]) {
    const at = { x1: MARGIN, x2: WIDTH - MARGIN, y1: y(rating), y2: y(rating), class: "axis" };
    picture.append(made("line", at));
    picture.append(made("text", { x: 4, y: y(rating) + 4 }, String(rating)));
  }
  points.forEach(({ stageId }, place) => {
    if (points[place - 1]?.stageId === stageId) return;
    const at = { x1: x(place) - 6, x2: x(place) - 6, y1: MARGIN, y2: HEIGHT - 12, class: "axis" };
    picture.append(made("line", at));
    const steps = points.filter((one) => one.stageId === stageId).length;
    const label = shortened(names.get(stageId) ?? "", Math.floor((x(steps) - x(0)) / LETTER));
    picture.append(made("text", { x: x(place), y: HEIGHT - 8 }, label));
  });

  // A step that nobody rated is a gap in the line, not a zero.
  let line = "";
  let pen = "M";
  points.forEach(({ rating }, place) => {
    line += rating === null ? "" : `${pen}${x(place).toFixed(1)} ${y(rating).toFixed(1)}`;
    pen = rating === null ? "M" : "L";
  });
  picture.append(made("path", { d: line, class: "curve" }));
  points.forEach(({ stepId, rating }, place) => {
    if (rating === null) return;
    const marked = stepId === peak?.stepId || stepId === trough?.stepId;
    const at = { cx: x(place), cy: y(rating), r: marked ? 7 : 4, class: rating < 0 ? "low" : "" };
    const point = made("circle", at);
    point.append(made("title", {}, `${rating} ${actions.get(stepId) ?? ""}`));
    picture.append(point);
  });
  return picture;
}
