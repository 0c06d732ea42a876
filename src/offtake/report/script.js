(() => {
  "use strict";
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  // The tables say the same to a screen reader.
  tip.setAttribute("aria-hidden", "true");
  document.body.append(tip);

  // Names come from a book: they enter the document as text, never as markup.
  const show = (_handler, event, _item, value) => {
    if (value === null || value === undefined || typeof value !== "object") {
      tip.hidden = true;
      return;
    }
    const rows = Object.entries(value).map(([name, said], i) => {
      const row = document.createElement("div");
      const key = document.createElement("span");
      const text = document.createElement(i === 0 ? "strong" : "span");
      key.textContent = name;
      text.textContent = String(said);
      row.append(key, text);
      return row;
    });
    tip.replaceChildren(...rows);
    tip.hidden = false;
    const gap = 14;
    const right = event.clientX + gap + tip.offsetWidth > window.innerWidth;
    const low = event.clientY + gap + tip.offsetHeight > window.innerHeight;
    const x = right ? event.clientX - gap - tip.offsetWidth : event.clientX + gap;
    const y = low ? event.clientY - gap - tip.offsetHeight : event.clientY + gap;
    tip.style.left = `${Math.max(4, x)}px`;
    tip.style.top = `${Math.max(4, y)}px`;
  };

  // Long lists of like objects are written by column, texts that recur once.
  const unpacked = (found) => {
    if (Array.isArray(found)) return found.map(unpacked);
    if (found === null || typeof found !== "object") return found;
    if (!("columns" in found) || typeof found.columns !== "object") {
      return Object.fromEntries(Object.entries(found).map(([k, v]) => [k, unpacked(v)]));
    }
    const columns = Object.entries(found.columns).map(([name, column]) =>
      [name, Array.isArray(column) ? column : column.rows.map((i) => column.texts[i])]);
    return columns[0][1].map((_, i) =>
      Object.fromEntries(columns.map(([name, column]) => [name, column[i]])));
  };

  const draw = async (place) => {
    const data = document.getElementById(place.dataset.chart);
    await vegaEmbed(place, unpacked(JSON.parse(data.textContent)), {
      mode: "vega-lite", actions: false, ast: true, renderer: "svg", tooltip: show,
      defaultStyle: false,
    });
    const picture = place.querySelector("svg");
    // One picture with one description, instead of a thousand marks to read out.
    picture.setAttribute("role", "img");
    picture.removeAttribute("aria-roledescription");
    picture.setAttribute("aria-label", place.dataset.label);
    for (const child of picture.children) child.setAttribute("aria-hidden", "true");
  };

  const drawAll = async () => {
    for (const place of document.querySelectorAll("[data-chart]")) {
      try {
        await draw(place);
      } catch (fault) {
        console.error(fault);
        place.textContent = "This chart could not be drawn; the tables hold its numbers.";
      }
    }
    document.documentElement.dataset.drawn = "yes";
  };
  void drawAll();
  document.addEventListener("scroll", () => { tip.hidden = true; }, { passive: true });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") tip.hidden = true;
  });
})();
