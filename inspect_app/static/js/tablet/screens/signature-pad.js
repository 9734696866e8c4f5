// Writing on glass: strokes as whole numbers from 0 to 1000 on both axes, whatever the size of the screen.

const MOST_POINTS = 4_000;

export class SignaturePad {
  constructor(canvas) {
    Object.assign(this, { canvas, strokes: [], points: 0 });
    this.pen = canvas.getContext("2d");
    Object.assign(this.pen, { lineWidth: 4, lineCap: "round", lineJoin: "round", strokeStyle: getComputedStyle(canvas).color });
    canvas.addEventListener("pointerdown", (event) => this.begin(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
  }

  begin(event) {
    this.canvas.setPointerCapture(event.pointerId);
    this.strokes.push([]);
    this.add(event);
  }

  move(event) {
    if (event.buttons && this.strokes.length) this.add(event);
  }

  add(event) {
    if (this.points >= MOST_POINTS) return;
    const frame = this.canvas.getBoundingClientRect();
    const [x, y] = [(event.clientX - frame.left) / frame.width, (event.clientY - frame.top) / frame.height].map((share) => Math.round(Math.min(1, Math.max(0, share)) * 1000));
    this.strokes.at(-1).push(x, y);
    this.points += 1;
    this.draw(this.strokes.at(-1));
  }

  draw(stroke) {
    const { canvas, pen } = this;
    const [fromX, fromY, toX, toY] = stroke.length > 2 ? stroke.slice(-4) : [...stroke, ...stroke];
    pen.beginPath();
    pen.moveTo((fromX * canvas.width) / 1000, (fromY * canvas.height) / 1000);
    pen.lineTo((toX * canvas.width) / 1000, (toY * canvas.height) / 1000);
    pen.stroke();
  }

  wipe() {
    Object.assign(this, { strokes: [], points: 0 });
    this.pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }
}
