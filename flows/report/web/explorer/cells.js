// A row of the table. Its elements stay, and are filled with another row when a filter leaves another one there: to make
// elements and to style them takes a browser longer than all else that a filter asks of it.

import { element } from "dateline/shared/dom.js";
import { placeLabel } from "dateline/explorer/rows.js";
import { Bar, rangeOf } from "dateline/explorer/range.js";
import { period, plain } from "dateline/explorer/words.js";

/** One row of elements for the rows of a kind; `scale` is that of their numbers. */
export class TableRow {
  constructor(rows, scale) {
    this.rows = rows;
    this.cells = rows.columns.map((column, at) => new (CELLS[column.key] ?? Text)(at === 0 ? "th" : "td", column, scale));
    this.made = element("tr", {}, this.cells.map(({ made }) => made));
  }

  /** Show a row. */
  show(row) {
    if (row === this.row) return;
    this.row = row;
    this.made.dataset.row = row;
    for (const cell of this.cells) cell.show(this.rows, row);
  }
}

/** A cell with its words, and a note below them; either is hidden where it has none. */
class Cell {
  constructor(name, column, main, note = []) {
    this.column = column;
    this.main = main;
    this.note = element("small", { hidden: true }, note);
    this.made = element(name, name === "th" ? { scope: "row", class: column.key } : { class: column.key, "data-label": column.label }, this.main, this.note);
  }

  write(main, note) {
    this.say(this.main, this.main, main);
    this.say(this.note, this.note.lastElementChild ?? this.note, note);
    const isEmpty = !main && !note;
    if (isEmpty !== this.made.classList.contains("none")) this.made.classList.toggle("none", isEmpty);
  }

  say(part, words, text) {
    const found = text ?? "";
    if (words.textContent !== found) words.textContent = found;
    if (part.hidden !== (found === "")) part.hidden = found === "";
  }
}

class Effect extends Cell {
  constructor(name, column) {
    super(name, column, element("button", { type: "button", class: "open" }), element("bdi"));
  }

  show(rows, row) {
    const flags = [...rows.kind.flags, ["is_cumulative", "cumulative"]].filter(([name]) => rows.value(name, row) === 1);
    this.write(plain(rows.value("effect", row) ?? "?"), flags.map(([, label]) => label).join(", "));
  }
}

class Event extends Effect {
  show(rows, row) {
    const acled = rows.value("acled_sub_event_type", row) ?? rows.value("acled_event_type", row);
    this.write(rows.value("cameo_name", row) ?? rows.value("cameo", row) ?? "?", acled?.replaceAll("/", "/\u200b"));
  }
}

class Count extends Cell {
  constructor(name, column, scale) {
    super(name, column, element("span", { class: "words" }));
    this.bar = new Bar(scale);
    this.note.replaceWith(this.bar.track);
  }

  show(rows, row) {
    const range = rangeOf(rows.table, row);
    const isVague = range.vague !== null;
    if (this.main.classList.contains("vague") !== isVague) this.main.classList.toggle("vague", isVague);
    this.write(range.text, null);
    this.bar.show(range);
  }
}

class Named extends Cell {
  constructor(name, column, note = element("bdi")) {
    super(name, column, element("bdi"), note);
  }
}

class Victim extends Named {
  constructor(name, column) {
    super(name, column, ["by ", element("bdi")]);
  }

  show(rows, row) {
    this.write(rows.value("object", row), rows.value("perpetrator", row));
  }
}

class Claimant extends Named {
  show(rows, row) {
    const stance = rows.value("stance", row);
    const claimant = rows.value("claimant", row);
    const note = claimant === null ? ["the outlet itself"] : [rows.value("claimant_type", row), stance === "asserts" ? null : stance];
    this.write(claimant, note.filter(Boolean).map(plain).join(", "));
  }
}

class Actor extends Named {
  constructor(name, column) {
    super(name, column, element("code"));
  }

  show(rows, row) {
    this.write(rows.value(this.column.text, row), rows.value(`${this.column.text}_code`, row));
  }
}

class Place extends Named {
  show(rows, row) {
    this.write(rows.place[row] < 0 ? null : placeLabel(rows.places, rows.place[row]), null);
  }
}

class Source extends Named {
  show(rows, row) {
    this.write(rows.articles.value("source_name", rows.article[row]), null);
  }
}

class Time extends Cell {
  constructor(name, column) {
    super(name, column, element("span", { class: "nowrap" }));
  }

  show(rows, row) {
    this.write(period(rows.first[row], rows.last[row]), rows.value("time_from", row) === "published" ? "published" : null);
  }
}

class Confidence extends Cell {
  constructor(name, column) {
    super(name, column, element("span"));
  }

  show(rows, row) {
    this.write(Number.isNaN(rows.confidence[row]) ? null : rows.confidence[row].toFixed(2), null);
  }
}

class Text extends Named {
  show(rows, row) {
    const text = rows.value(this.column.text, row);
    this.write(text === null ? null : plain(String(text)), null);
  }
}

const CELLS = {
  effect: Effect, event: Event, number: Count, victim: Victim, claimant: Claimant, actor: Actor, target: Actor, place: Place, time: Time,
  confidence: Confidence, source: Source,
};
