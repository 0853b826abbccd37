// The numbers of the lines beside a text, with a mark at those that have a problem.
export class Gutter {
  constructor(area, place) {
    this.area = area;
    this.place = place;
    this.marks = new Map();
    area.addEventListener("scroll", () => this.follow());
    this.draw();
  }

  draw() {
    const wanted = this.area.value.split("\n").length;
    while (this.place.childElementCount > wanted) this.place.lastElementChild.remove();
    while (this.place.childElementCount < wanted) {
      const number = document.createElement("span");
      number.textContent = this.place.childElementCount + 1;
      this.place.append(number);
    }
    this.follow();
  }

  follow() {
    this.place.scrollTop = this.area.scrollTop;
  }

  // Severities by line.
  mark(marks) {
    for (const line of this.marks.keys()) this.place.children[line - 1]?.removeAttribute("class");
    this.marks = marks;
    for (const [line, severity] of marks) {
      const number = this.place.children[line - 1];
      if (number) number.className = severity;
    }
  }

  // The caret at the beginning of a line, in sight.
  go(line) {
    const start = this.area.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    const end = this.area.value.indexOf("\n", start);
    this.area.focus({ preventScroll: true });
    this.area.setSelectionRange(start, end < 0 ? this.area.value.length : end);
    this.area.scrollIntoView({ block: "nearest" });
    const height = parseFloat(getComputedStyle(this.area).lineHeight);
    this.area.scrollTop = Math.max(0, (line - 4) * height);
  }

  // The next problem after the caret, or the one before it; around the end.
  next(step) {
    const lines = [...this.marks.keys()].sort((one, other) => one - other);
    if (!lines.length) return;
    const here = this.area.value.slice(0, this.area.selectionStart).split("\n").length;
    const ahead = step > 0 ? lines.find((line) => line > here) : lines.findLast((line) => line < here);
    this.go(ahead ?? (step > 0 ? lines[0] : lines.at(-1)));
  }
}
