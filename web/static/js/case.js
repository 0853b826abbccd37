// The page of one case: its form, and nothing lost on leaving.
import { Drafts } from "./drafts.js";
import { CaseForm } from "./form.js";
import { Outbox } from "./outbox.js";

const drafts = new Drafts(document.getElementById("main").dataset.person);
const outbox = new Outbox();
const forms = [...document.querySelectorAll("article[data-case]")].map(
  (article) => new CaseForm(article, drafts, outbox, () => location.reload()),
);
for (const sign of ["online", "focus"]) addEventListener(sign, () => outbox.wake());

addEventListener("beforeunload", (event) => {
  if (forms.some((form) => form.dirty)) event.preventDefault();
});
