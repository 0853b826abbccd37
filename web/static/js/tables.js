// On a narrow screen a row of a list stands as a block (base.css): each of its cells says its column's name.
const LISTS = ".card.wide table, .dossier table, table.checks";

function label(table) {
  const names = [...(table.tHead?.rows[0]?.cells ?? [])].map((cell) => cell.textContent.trim());
  for (const row of [...table.tBodies].flatMap((body) => [...body.rows])) {
    if (row.cells.length !== names.length) continue;
    names.forEach((name, column) => { if (name) row.cells[column].dataset.label = name; });
  }
  table.classList.add("stacks");
}

function labelAll() {
  document.querySelectorAll(LISTS).forEach(label);
}

labelAll();
document.addEventListener("htmx:afterSettle", labelAll);
