"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const grid = document.getElementById("grid");
  const body = grid.tBodies[0];
  const rows = Array.from(body.rows);
  const dialog = document.getElementById("cell");
  const words = data.words;
  const states = data.states;

  const make = (name, text, kind) => {
    const node = document.createElement(name);
    if (text !== undefined) node.textContent = text;
    if (kind) node.className = kind;
    return node;
  };
  const fill = (words_, values) => words_.replace(/\{(\w+)\}/g, (_, key) => values[key]);
  const label = (cell) => states[cell.s].g + " " + states[cell.s].w + (cell.r ? " " + data.mark : "");
  const paint = (node, cell) => node.classList.add("s-" + (states[cell.s].k || "other"));
  const rankOf = (cell) => (cell && cell.p ? cell.p[1] / 2 + cell.p[2] : -1);

  // --- one cell, in a dialog: text with its evidence, probabilities, address, neighbours
  const showText = (cell) => {
    // offsets count code points, as the report does; a JavaScript string counts UTF-16 units
    const chars = Array.from(cell.t);
    const box = make("p", undefined, "cell-text");
    let at = 0;
    for (const [start, end, state] of cell.e) {
      if (start < at || end <= start) continue;
      box.append(chars.slice(at, start).join(""));
      const piece = make("mark", chars.slice(start, end).join(""), "s-" + states[state].k);
      piece.dataset.g = states[state].g;
      piece.title = states[state].w;
      box.append(piece);
      at = end;
    }
    box.append(chars.slice(at).join(""));
    return box;
  };

  const near = (title, found) => {
    const part = make("section");
    part.append(make("h3", title));
    const list = make("ul", undefined, "near");
    for (const [name, index] of found) {
      const item = make("li");
      const button = make("button", name + " " + label(data.cells[index]));
      button.type = "button";
      paint(button, data.cells[index]);
      button.addEventListener("click", () => open(index));
      item.append(button);
      list.append(item);
    }
    part.append(list);
    return part;
  };

  const open = (index) => {
    const cell = data.cells[index];
    const panel = make("div", undefined, "panel");
    const header = make("header");
    const title = make("h2", data.cities[cell.c] + " · " + data.dimensions[cell.d]);
    title.id = "cell-title";
    const close = make("button", words.close, "close");
    close.type = "button";
    close.addEventListener("click", () => dialog.close());
    header.append(title, close);
    const state = make("p");
    const tag = make("span", label(cell) + (cell.r ? " " + words.review : ""), "tag");
    paint(tag, cell);
    state.append(tag);
    if (cell.w) state.append(" " + cell.w);
    panel.append(header, state, showText(cell));
    if (cell.p) {
      const bars = make("div", undefined, "bars");
      cell.p.forEach((value, i) => {
        const bar = make("progress");
        bar.max = 1;
        bar.value = value;
        bar.setAttribute("aria-label", states[i].w);
        bars.append(make("span", states[i].g + " " + states[i].w), bar, make("span", (value * 100).toFixed(1) + "%"));
      });
      panel.append(bars);
    }
    for (const note of cell.n || []) panel.append(make("p", data.notes[note], "note"));
    panel.append(make("p", words.address + ": " + cell.a, "note"));
    const inRow = [], inColumn = [];
    data.cells.forEach((other, i) => {
      if (i === index) return;
      if (other.c === cell.c) inRow.push([data.dimensions[other.d], i]);
      else if (other.d === cell.d) inColumn.push([data.cities[other.c], i]);
    });
    panel.append(near(words.same_row, inRow), near(words.same_column, inColumn));
    dialog.replaceChildren(panel);
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
    close.focus();
  };

  let opener = null;
  dialog.addEventListener("close", () => opener && opener.focus());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });

  // --- the matrix: one tab stop, arrows to move, Enter to open
  const buttons = Array.from(grid.querySelectorAll("td button"));
  for (const button of buttons) {
    const cell = data.cells[+button.dataset.i];
    button.tabIndex = -1;
    button.setAttribute("aria-haspopup", "dialog");
    button.setAttribute("aria-label", data.cities[cell.c] + ", " + data.dimensions[cell.d] + ": " +
      states[cell.s].w + (cell.r ? ", " + words.review : ""));
  }
  if (buttons.length) buttons[0].tabIndex = 0;
  grid.addEventListener("click", (event) => {
    const button = event.target.closest("td button");
    if (!button) return;
    opener = button;
    open(+button.dataset.i);
  });
  for (const link of document.querySelectorAll("button[data-open]"))
    link.addEventListener("click", () => { opener = link; open(+link.dataset.open); });
  const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  grid.addEventListener("keydown", (event) => {
    const move = step[event.key];
    const at = event.target.closest("td");
    if (!move || !at) return;
    event.preventDefault();
    let row = at.parentElement, column = at.cellIndex;
    for (;;) {
      column += move[1];
      if (move[0]) row = move[0] > 0 ? row.nextElementSibling : row.previousElementSibling;
      if (!row || column < 0 || column >= row.cells.length) return;
      const next = row.cells[column].querySelector("button");
      if (!next || row.classList.contains("off")) continue;
      event.target.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
      return;
    }
  });

  // --- sorting: by the heads of the columns, or by the list above them
  const order = document.getElementById("sort");
  const heads = Array.from(grid.tHead.rows[0].cells);
  const original = new Map(rows.map((row, i) => [row, i]));
  const keyOf = (row, by) => {
    if (by === "table") return original.get(row);
    if (by === "city") return row.dataset.city;
    if (by === "progress") return row.dataset.progress === "" ? -1 : +row.dataset.progress;
    const button = row.cells[+by + data.before].querySelector("button");
    return button ? rankOf(data.cells[+button.dataset.i]) : -2;
  };
  const sort = (by, down) => {
    const sign = down ? -1 : 1;
    const keyed = rows.map((row) => [keyOf(row, by), row]);
    keyed.sort(([a, one], [b, two]) =>
      sign * (typeof a === "string" ? a.localeCompare(b, "zh") : a - b) || original.get(one) - original.get(two));
    body.append(...keyed.map(([, row]) => row));
    for (const head of heads) if (head.dataset.by)
      head.setAttribute("aria-sort", head.dataset.by === by ? (down ? "descending" : "ascending") : "none");
    order.value = by;
  };
  const startsDown = (by) => by !== "table" && by !== "city";
  order.addEventListener("change", () => sort(order.value, startsDown(order.value)));
  for (const head of heads) {
    const button = head.querySelector("button");
    if (button) button.addEventListener("click", () => {
      const now = head.getAttribute("aria-sort");
      sort(head.dataset.by, now === "none" ? startsDown(head.dataset.by) : now !== "descending");
    });
  }

  // --- filters: cells that do not fit fade, rows without one that fits go
  const byStatus = document.getElementById("by-status"), byFlag = document.getElementById("by-flag");
  const shown = document.getElementById("shown");
  const filter = () => {
    let count = 0;
    for (const row of rows) {
      let any = false;
      for (const button of row.querySelectorAll("td button")) {
        const cell = data.cells[+button.dataset.i];
        const fits = (!byStatus.value || states[cell.s].id === byStatus.value) &&
          (!byFlag.value || cell.f.includes(byFlag.value));
        button.parentElement.classList.toggle("off", !fits);
        any = any || fits;
        count += fits;
      }
      row.classList.toggle("off", !any);
    }
    shown.textContent = fill(words.shown, { shown: count, total: buttons.length });
  };
  byStatus.addEventListener("change", filter);
  byFlag.addEventListener("change", filter);
  filter();
  document.documentElement.dataset.ready = "yes";
})();
