// What every page does: shows what went wrong with a request of htmx, and copies.
import "./filters.js";
import "./navigation.js";
import { notice } from "./notices.js";
import "./tables.js";

document.addEventListener("htmx:responseError", (event) => {
  const response = event.detail.xhr;
  if (response.status !== 401) notice(response.responseText, "problem");
});

document.addEventListener("htmx:sendError", () => {
  notice("No se pudo hacer: el servidor no responde. Pruebe otra vez en unos segundos.", "problem");
});

document.addEventListener("notice", (event) => notice(event.detail.value));

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = "Copiado";
  } catch {
    select(document.getElementById(button.dataset.copy));
    button.textContent = "Copie con Ctrl + C";
  }
});

function select(element) {
  const range = document.createRange();
  range.selectNodeContents(element);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}

// Whoever signs in again in one tab frees what waits in the others; each session has a token of its own.
const { csrf } = document.body.dataset;
if (csrf) new BroadcastChannel("altavoz").postMessage(csrf);
