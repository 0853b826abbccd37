// The page of one case: its form, and nothing lost on leaving.
import { Drafts } from "./drafts.js";
import { CaseForm } from "./form.js";

const drafts = new Drafts(document.getElementById("main").dataset.person);
const forms = [...document.querySelectorAll("article[data-case]")].map(
  (article) => new CaseForm(article, drafts, () => location.reload()),
);

addEventListener("beforeunload", (event) => {
  if (forms.some((form) => form.dirty)) event.preventDefault();
});
