// The form of a case: its fields, its end, and its leaving the desk.
import { Dial } from "./dial.js";
import { Field } from "./field.js";
import { post, Refused } from "./server.js";
import { later } from "./timers.js";

const CALM = 3000; // milliseconds without typing before a form goes by itself

export class CaseForm {
  constructor(article, drafts, outbox, closed) {
    this.article = article;
    this.outbox = outbox;
    this.id = article.dataset.case;
    this.number = article.dataset.number;
    const form = article.querySelector(".case-form");
    this.path = form.dataset.save;
    this.revision = Number(form.dataset.revision);
    this.closed = closed;
    this.typedAt = -CALM;
    this.dial = new Dial(form);
    this.fields = [...form.querySelectorAll("select, input, textarea")].map(
      (control) => new Field(this, control, drafts, outbox),
    );
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", () => (this.typedAt = performance.now()));
    this.ending = article.querySelector(".close-form");
    this.problem = document.getElementById(`close-${this.id}-problem`);
    this.ending.addEventListener("submit", (event) => {
      event.preventDefault();
      this.close();
    });
    article.addEventListener("keydown", (event) => this.key(event));
    this.recover();
  }

  recover() {
    const found = this.fields.map((field) => [field, field.draft]).filter(([, draft]) => draft);
    found.sort(([, one], [, other]) => one.order - other.order);
    for (const [field, draft] of found) field.recover(draft);
  }

  async put(field, value, revision) {
    const present = (await post(this.path, { field, value, revision })).case;
    if (field === "telephone") this.dial.learn(value, present.dial);
    return present;
  }

  get dirty() {
    return this.fields.some((field) => field.dirty || field.conflict);
  }

  get writing() {
    return this.article.contains(document.activeElement) && document.activeElement.matches("input, select, textarea");
  }

  get calm() {
    return performance.now() - this.typedAt >= CALM;
  }

  focus() {
    (this.fields.find((field) => !field.control.value) ?? this.fields[0]).control.focus();
  }

  async save() {
    await Promise.all(this.fields.filter((field) => field.dirty && !field.refused).map((field) => field.save()));
  }

  told(present) {
    this.dial.learn(present.fields.telephone, present.dial);
    for (const field of this.fields) field.told(present.fields[field.name] ?? "", present.revision);
  }

  key(event) {
    if (event.key === "Escape") document.activeElement.blur();
    if (event.key !== "Enter" || !event.ctrlKey) return;
    event.preventDefault();
    const outcome = this.ending.elements.outcome;
    if (document.activeElement === outcome && outcome.value) this.close();
    else outcome.focus();
  }

  async close() {
    const outcome = this.ending.elements.outcome;
    if (!outcome.value) return this.cannot("Elija cómo terminó el caso.", outcome);
    await this.save();
    if (this.dirty) return this.cannot("Hay campos sin guardar: corríjalos o espere a que se guarden.", outcome);
    try {
      await post(this.ending.getAttribute("action"), { outcome: outcome.value });
    } catch (failure) {
      return this.cannot(failure instanceof Refused ? failure.message : "El servidor no responde: pruebe otra vez.", outcome);
    }
    this.closed(this);
  }

  cannot(text, control) {
    this.problem.dataset.state = "refused";
    this.problem.textContent = text;
    control.focus();
  }

  // The case is somebody else's now: what is unsaved goes first, and nothing goes while it is being typed.
  leave(sentence, gone) {
    if (this.leaving) return;
    this.leaving = true;
    if (this.writing) this.typedAt = performance.now();
    const line = document.createElement("p");
    line.className = "leaving";
    line.textContent = `${sentence} Lo que escribió se guarda y este formulario se cierra solo.`;
    this.article.prepend(line);
    const look = async () => {
      if (!this.leaving) return line.remove();
      await this.save();
      if (this.calm && !this.dirty) return gone(this);
      later(500, look);
    };
    look();
  }
}
