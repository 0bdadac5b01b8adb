// What a page does that shuts people out (WCAG 2.2 AA, as far as a program can tell): a list of sentences.
(() => {
  const found = [];
  const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
  const seen = (node) => node.getClientRects().length > 0 && getComputedStyle(node).visibility !== "hidden";
  const named = (node) => node.getAttribute("aria-label")
    || (node.getAttribute("aria-labelledby") || "").split(" ").map((id) => document.getElementById(id)?.textContent).join("")
    || node.textContent.trim();
  const told = (node) => node.outerHTML.slice(0, 90);

  if (!document.documentElement.lang) found.push("the page does not tell its language");
  if (!document.title) found.push("the page has no title");
  for (const landmark of ["header", "main", "footer"]) {
    if (all(`body > ${landmark}`).length !== 1) found.push(`not exactly one ${landmark}`);
  }
  const ids = all("[id]").map((node) => node.id);
  if (new Set(ids).size !== ids.length) found.push("an id is used twice");

  let before = 0;
  for (const heading of all("h1, h2, h3, h4, h5, h6")) {
    const level = Number(heading.nodeName[1]);
    if (level > before + 1) found.push(`a heading skips a level: ${heading.textContent}`);
    if (!named(heading)) found.push(`an empty heading: ${told(heading)}`);
    before = level;
  }
  if (all("h1").length !== 1) found.push("not exactly one h1");

  for (const node of all("section, nav, [role], a, button, input, select, [tabindex='0']")) {
    if (node.id !== "liveness" && !named(node)) found.push(`without a name: ${told(node)}`);
  }
  for (const meter of all("[role=meter]")) {
    const [low, now, high] = ["min", "now", "max"].map((end) => Number(meter.getAttribute(`aria-value${end}`)));
    if (!(low <= now && now <= high && meter.getAttribute("aria-valuetext"))) found.push(`a meter without values: ${told(meter)}`);
  }
  for (const table of all("table")) {
    if (!table.caption?.textContent) found.push(`a table without a caption: ${told(table)}`);
    for (const head of all("th", table)) if (!head.scope) found.push(`a heading cell without a scope: ${told(head)}`);
    for (const row of all("tbody tr", table)) if (!row.querySelector("th")) found.push(`an unnamed row: ${told(row)}`);
  }
  for (const node of all("*")) {
    const wide = node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).overflowX === "auto";
    if (wide && node.tabIndex < 0) found.push(`scrolls, but not by keyboard: ${told(node)}`);
  }
  if (document.documentElement.scrollWidth > innerWidth) found.push("the whole page scrolls sideways");

  const rgb = (color) => (color.match(/[\d.]+/g) || []).map(Number);
  const luminance = (color) => {
    const [r, g, b] = rgb(color).map((part) => (part /= 255) <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (node) => {
    for (; node; node = node.parentElement) {
      const color = getComputedStyle(node).backgroundColor;
      if (rgb(color)[3] !== 0) return color;
    }
    return "rgb(255, 255, 255)";
  };
  const contrast = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  for (const node of all("body *").filter(seen)) {
    const texts = [...node.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.data.trim());
    if (!texts || node.matches("script, style, noscript")) continue;
    const ratio = contrast(getComputedStyle(node).color, behind(node));
    if (ratio < 4.5) found.push(`contrast ${ratio.toFixed(2)}: ${told(node)}`);
    if (parseFloat(getComputedStyle(node).fontSize) < 14) found.push(`small letters: ${told(node)}`);
  }
  for (const bar of all(".used").filter(seen)) {
    const ratio = contrast(getComputedStyle(bar).fill, getComputedStyle(bar.previousElementSibling).fill);
    if (ratio < 3) found.push(`contrast ${ratio.toFixed(2)} of a bar: ${told(bar)}`);
  }
  return found;
})()
