// Shortcuts of one key. They act only outside fields, and can be switched off (WCAG 2.1.4).
const KEY = "altavoz-letters";
const QUIET = 2000;
let quietUntil = 0;

// What was being typed into went away: the letters that still come are no shortcuts.
export function hush() {
  quietUntil = performance.now() + QUIET;
}

export function shortcuts(actions, toggle) {
  let letters = read() !== "no";
  toggle.checked = letters;
  toggle.addEventListener("change", () => {
    letters = toggle.checked;
    try {
      localStorage.setItem(KEY, letters ? "yes" : "no");
    } catch {
      // remembered for this page only
    }
  });
  document.addEventListener("keydown", (event) => {
    const action = letters ? actionOf(event, actions) : null;
    if (!action) return;
    event.preventDefault();
    action(event.key);
  });
}

// A key of an open dialog is one of its buttons'; the others act outside fields.
function actionOf(event, actions) {
  if (event.ctrlKey || event.altKey || event.metaKey || performance.now() < quietUntil) return null;
  const dialog = event.target.closest("dialog[open]");
  if (dialog) return pressing(dialog.querySelector(`[data-key="${CSS.escape(event.key)}"]`));
  if (event.target.closest("input, textarea, select, [contenteditable]")) return null;
  return actions[event.key] ?? (/^[1-9]$/.test(event.key) ? actions.digit : null);
}

function pressing(button) {
  return button && (() => button.click());
}

function read() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
