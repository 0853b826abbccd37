// The cases that lie on the desk: one in sight, the others under their tabs, none ever replaced while open.
import { CaseForm } from "./form.js";
import { hush } from "./keys.js";
import { notice } from "./notices.js";
import { fetchPiece, SignedOut } from "./server.js";

export class Casework {
  constructor(drafts, outbox, changed) {
    this.drafts = drafts;
    this.outbox = outbox;
    this.changed = changed;
    this.place = document.getElementById("forms");
    this.tabs = document.getElementById("tabs");
    this.nothing = document.getElementById("no-case");
    this.forms = new Map();
    this.shown = null;
    this.calling = null;
    this.place.querySelectorAll("article[data-case]").forEach((article) => this.lay(article));
  }

  lay(article) {
    const form = new CaseForm(article, this.drafts, this.outbox, (closed) => this.closed(closed));
    this.forms.set(form.id, form);
    if (this.shown === null) this.shown = form.id;
    this.draw();
    this.changed();
    return form;
  }

  get ids() {
    return [...this.forms.keys()].map(Number);
  }

  // The case of the call in course comes by itself, in sight unless something is being typed.
  async follow(id) {
    if (id === null || this.calling === String(id)) return;
    this.calling = String(id);
    const form = await this.fetch(this.calling);
    if (!form) return (this.calling = null);
    if (this.writing && this.shown !== form.id) notice(`El caso de esta llamada es el ${form.number}: está en su pestaña.`);
    else this.show(form.id);
    this.draw();
  }

  async open(id) {
    const form = await this.fetch(String(id));
    if (!form) return;
    this.show(form.id);
    form.focus();
  }

  async fetch(id, quietly = false) {
    if (this.forms.has(id)) return this.forms.get(id);
    try {
      const piece = document.createElement("template");
      piece.innerHTML = await fetchPiece(`/cases/${id}/form`);
      if (this.forms.has(id)) return this.forms.get(id);
      const article = piece.content.firstElementChild;
      article.hidden = true;
      this.place.append(article);
      return this.lay(article);
    } catch (failure) {
      const why = failure instanceof SignedOut ? "su sesión terminó" : "el servidor no responde";
      if (!quietly) notice(`No se pudo abrir el caso: ${why}.`, "problem");
      return null;
    }
  }

  get current() {
    return this.forms.get(this.shown) ?? null;
  }

  get writing() {
    return this.current?.writing ?? false;
  }

  get dirty() {
    return [...this.forms.values()].some((form) => form.dirty);
  }

  show(id) {
    this.shown = id;
    this.draw();
  }

  draw() {
    for (const form of this.forms.values()) form.article.hidden = form.id !== this.shown;
    this.nothing.hidden = this.forms.size > 0;
    const several = this.forms.size > 1 ? [...this.forms.values()] : [];
    this.drawTabs(several);
    for (const link of document.querySelectorAll("[data-open-case]")) {
      if (link.dataset.openCase === this.shown) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  // Drawn anew only when they differ, so that one that has the focus keeps it.
  drawTabs(forms) {
    const drawn = JSON.stringify([forms.map((form) => form.id), this.shown, this.calling]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const held = document.activeElement?.dataset.tab;
    this.tabs.replaceChildren(...forms.map((form) => this.tab(form)));
    if (held) this.tabs.querySelector(`[data-tab="${held}"]`)?.focus();
  }

  tab(form) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.tab = form.id;
    button.className = form.id === this.calling ? "quiet calling" : "quiet";
    button.textContent = form.number;
    button.setAttribute("aria-pressed", String(form.id === this.shown));
    button.addEventListener("click", () => this.show(form.id));
    return button;
  }

  told(cases) {
    for (const present of cases) this.forms.get(String(present.id))?.told(present);
  }

  closed(form) {
    this.remove(form);
    notice(`Caso ${form.number} cerrado.`);
    (this.current?.article.querySelector("h2") ?? document.getElementById("desk-title")).focus();
  }

  remove(form) {
    if (form.article.contains(document.activeElement)) {
      hush();
      document.getElementById("desk-title").focus();
    }
    form.article.remove();
    this.forms.delete(form.id);
    if (this.shown === form.id) this.shown = [...this.forms.keys()].at(-1) ?? null;
    this.draw();
    this.changed();
  }

  // A case that was closed or passed on leaves the desk when nothing of it is unsaved or being typed.
  keepOnly(mine, left) {
    const ids = new Set(mine.map(String));
    for (const form of [...this.forms.values()]) {
      if (ids.has(form.id)) form.leaving = false;
      else if (form.seenMine) this.leave(form, left[form.id] || `El caso ${form.number} se cerró o pasó a otra persona.`);
    }
    for (const form of this.forms.values()) form.seenMine ||= ids.has(form.id);
  }

  leave(form, sentence) {
    form.leave(sentence, () => {
      this.remove(form);
      notice(sentence);
    });
  }
}
