// Regions of the page that the server renders: put in place without taking the focus or what is being typed.
const waiting = new Map();
const shown = new Map();

export function show(name, html) {
  const region = document.querySelector(`[data-region="${name}"]`);
  if (!region || shown.get(name) === lasting(html)) return;
  if (typing(region)) return waiting.set(name, html);
  shown.set(name, lasting(html));
  const held = heldFocus(region);
  region.innerHTML = html;
  window.htmx?.process(region);
  if (held) region.querySelector(held)?.focus({ preventScroll: true });
}

document.addEventListener("focusout", () => {
  const held = [...waiting];
  waiting.clear();
  setTimeout(() => held.forEach(([name, html]) => show(name, html)));
});

// What a region says apart from its running times: the same again would only undo a selection.
function lasting(html) {
  return html.replace(/(<time[^>]*>)[^<]*/g, "$1");
}

function typing(region) {
  const focused = document.activeElement;
  return region.contains(focused) && focused.matches("input, textarea, select");
}

// A selector that finds the same thing in the new content.
function heldFocus(region) {
  const focused = document.activeElement;
  if (!region.contains(focused) || focused === region) return null;
  if (focused.id) return `#${CSS.escape(focused.id)}`;
  return focused.hasAttribute("href") ? `a[href="${CSS.escape(focused.getAttribute("href"))}"]` : null;
}
