// While something is pressed nothing is drawn: leaving a field saves it, and what is under the finger must still be
// there when the finger leaves, or the press would be lost.

const AFTER_RELEASE = 400;

export class Presses {
  constructor(later = (run, pause) => setTimeout(run, pause)) {
    this.later = later;
    this.down = false;
    this.count = 0;
    this.waiting = new Map();
  }

  /** Hears presses inside `root`. */
  listen(root, signal) {
    root.addEventListener("pointerdown", () => this.press(), { signal });
    root.addEventListener("click", () => this.clicked(), { capture: true, signal });
    document.addEventListener("pointercancel", () => this.release(), { signal });
    document.addEventListener("pointerup", () => this.letGo(), { signal });
  }

  /** Draws now, or when the press is over; of several drawings with one name the last one counts. */
  draw(name, run) {
    if (this.down) this.waiting.set(name, run);
    else run();
  }

  press() {
    this.down = true;
    this.count += 1;
  }

  /** A press that reaches nothing (a scroll, a slip) is over after a while, unless another one has begun. */
  letGo() {
    const { count } = this;
    this.later(() => count === this.count && this.release(), AFTER_RELEASE);
  }

  /** The press has reached its aim: that may draw at once, the rest follows. */
  clicked() {
    const { count } = this;
    this.down = false;
    this.later(() => count === this.count && this.release(), 0);
  }

  release() {
    this.down = false;
    const runs = [...this.waiting.values()];
    this.waiting.clear();
    for (const run of runs) run();
  }
}
