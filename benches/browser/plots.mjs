// The report's two plots, as SVG text. Logarithmic axes: the contestants are orders of magnitude apart.

const STYLE = `
  svg { --surface: #ffffff; --ink: #1f2328; --muted: #59636e; --grid: #e1e4e8; --ours: #0b6e8f; --peer: #8c959f; --second: #a6522b; --third: #5d6d1e; }
  @media (prefers-color-scheme: dark) {
    svg { --surface: #0d1117; --ink: #e6edf3; --muted: #9198a1; --grid: #2d333b; --ours: #4fb3d4; --peer: #6e7681; --second: #e09a72; --third: #b3c35a; }
  }
  text { font: 13px system-ui, sans-serif; fill: var(--ink); paint-order: stroke; stroke: var(--surface); stroke-width: 4px; }
  .title { font-weight: 600; font-size: 14px; }
  .muted, .tick { fill: var(--muted); }
  .tick { font-size: 11px; }
  .surface { fill: var(--surface); }
  .grid { stroke: var(--grid); }
  .whisker { stroke: var(--ink); stroke-width: 1.25; fill: none; }
  .ours { fill: var(--ours); } .peer { fill: var(--peer); }
  .line { fill: none; stroke-width: 2; }
  .proportional { stroke: var(--muted); stroke-dasharray: 4 4; fill: none; }
`;

const escaped = (text) => String(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;");

const text = (x, y, content, { anchor = "start", kind = "" } = {}) =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}"${kind && ` class="${kind}"`}>${escaped(content)}</text>`;

const line = (x1, y1, x2, y2, kind) =>
  `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" class="${kind}"/>`;

const svg = (width, height, title, parts) => `\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
<rect class="surface" width="${width}" height="${height}"/>
${parts.flat(Infinity).join("\n")}
</svg>
`;

const figure = (value) => String(Number(value.toPrecision(value < 100 ? 2 : 3)));

/** Milliseconds as a short label. */
const millisText = (millis) => (millis >= 1000 ? `${figure(millis / 1000)} s` : `${figure(millis)} ms`);

/** A logarithmic scale that covers the values, its ends on 1, 2 or 5 times a power of ten. */
const logScale = (values, from, to) => {
  const round = [1, 2, 5].flatMap((digit) => Array.from({ length: 13 }, (_, power) => digit * 10 ** (power - 6))).sort((a, b) => a - b);
  const low = round.findLast((value) => value < Math.min(...values) * 0.95) ?? round[0];
  const high = round.find((value) => value >= Math.max(...values)) ?? round.at(-1);
  const span = Math.log(high / low);
  const pxFromValue = (value) => from + ((to - from) * Math.log(value / low)) / span;
  const between = round.filter((value) => value >= low && value <= high);
  const tens = between.filter((value) => /^[10.e+-]+$/.test(String(value)));
  return { pxFromValue, low, ticks: tens.length >= 3 ? tens : between };
};

/** Of the widest usual face at the labels' size: text cannot be measured here. */
const CHARACTER_PX = 7.2;
const ROW_PX = 24;
const PANEL_HEAD_PX = 34;
const PANEL_FOOT_PX = 30;

const bar = ({ name, ours, millis: { median, min, max } }, y, scale, left) => {
  const [end, low, high] = [median, min, max].map(scale.pxFromValue);
  const middle = y + ROW_PX / 2;
  const whisker = high - low < 1 ? [] : [
    line(low, middle, high, middle, "whisker"), line(low, middle - 4, low, middle + 4, "whisker"), line(high, middle - 4, high, middle + 4, "whisker"),
  ];
  return [
    text(left - 8, middle + 4.5, name, { anchor: "end" }),
    `<rect x="${left}" y="${y + 5}" width="${(end - left).toFixed(1)}" height="${ROW_PX - 10}" class="${ours ? "ours" : "peer"}"/>`,
    whisker,
    text(Math.max(end, high) + 7, middle + 4.5, millisText(median), { kind: "muted" }),
  ];
};

/** Bars of milliseconds a step, a panel a net: `[{ title, rows: [{ name, ours, millis }] }]`. */
export const stepsPlot = (panels) => {
  const names = panels.flatMap(({ rows }) => rows.map(({ name }) => name.length));
  const [left, right] = [Math.max(...names) * CHARACTER_PX + 24, 80];
  const width = left + 450 + right;
  const all = panels.flatMap(({ rows }) => rows.flatMap(({ millis }) => [millis.min, millis.max]));
  const scale = logScale(all, left, width - right);
  let y = 12;
  const parts = panels.map(({ title, rows }) => {
    const top = y + PANEL_HEAD_PX;
    const bottom = top + rows.length * ROW_PX;
    y = bottom + PANEL_FOOT_PX;
    return [
      text(left, top - 12, title, { kind: "title" }),
      scale.ticks.map((tick) => [
        line(scale.pxFromValue(tick), top, scale.pxFromValue(tick), bottom + 4, "grid"),
        text(scale.pxFromValue(tick), bottom + 18, millisText(tick), { anchor: "middle", kind: "tick" }),
      ]),
      rows.map((row, index) => bar(row, top + index * ROW_PX, scale, left)),
    ];
  });
  const foot = text(left, y + 10, "Time of one training step, median with least and most; logarithmic axis.", { kind: "muted" });
  return svg(width, y + 26, "Time of one training step by library", [parts, foot]);
};

const COLORS = ["var(--ours)", "var(--second)", "var(--third)"];

const curve = ({ rows }, color, x, y) => {
  const points = rows.map(({ members, millis }) => [x(members), y(millis.median)]);
  const path = (pairs) => pairs.map(([px, py], index) => `${index ? "L" : "M"}${px.toFixed(1)} ${py.toFixed(1)}`).join("");
  const first = rows[0];
  const straight = rows.map(({ members }) => [x(members), y((first.millis.median * members) / first.members)]);
  return [
    `<path class="proportional" d="${path(straight)}"/>`,
    `<path class="line" style="stroke: ${color}" d="${path(points)}"/>`,
    rows.map(({ members, millis }) => line(x(members), y(millis.min), x(members), y(millis.max), "whisker")),
    points.map(([px, py]) => `<circle cx="${px.toFixed(1)}" cy="${py.toFixed(1)}" r="3.5" style="fill: ${color}"/>`),
  ];
};

/** Names and colours in one row, where no curve can run into them. */
const legend = (names, left, y) => {
  let x = left;
  return names.map((name, index) => {
    const at = x;
    x += name.length * CHARACTER_PX + 40;
    return [`<circle cx="${at + 5}" cy="${y - 4.5}" r="5" style="fill: ${COLORS[index % COLORS.length]}"/>`, text(at + 17, y, name)];
  });
};

/** Milliseconds a step over the number of members: `[{ name, rows: [{ members, millis }] }]`. */
export const membersPlot = (curves) => {
  const [width, height, left, right, top, bottom] = [760, 440, 70, 30, 72, 386];
  const counts = [...new Set(curves.flatMap(({ rows }) => rows.map(({ members }) => members)))].sort((a, b) => a - b);
  const most = Math.log2(counts.at(-1) / counts[0]) || 1;
  const x = (members) => left + ((width - left - right) * Math.log2(members / counts[0])) / most;
  const proportional = curves.map(({ rows }) => (rows[0].millis.median * rows.at(-1).members) / rows[0].members);
  const values = curves.flatMap(({ rows }) => rows.flatMap(({ millis }) => [millis.min, millis.max]));
  const scale = logScale([...values, ...proportional], bottom, top);
  return svg(width, height, "Time of one training step by number of members", [
    text(left, 26, "Time of one training step by number of members", { kind: "title" }),
    legend(curves.map(({ name }) => name), left, 50),
    scale.ticks.map((tick) => [
      line(left, scale.pxFromValue(tick), width - right, scale.pxFromValue(tick), "grid"),
      text(left - 8, scale.pxFromValue(tick) + 4, millisText(tick), { anchor: "end", kind: "tick" }),
    ]),
    counts.map((members) => text(x(members), bottom + 18, members, { anchor: "middle", kind: "tick" })),
    curves.map((one, index) => curve(one, COLORS[index % COLORS.length], x, scale.pxFromValue)),
    text((left + width - right) / 2, bottom + 40, "members (dashed: as many times one member's time)", { anchor: "middle", kind: "muted" }),
  ]);
};
