// A check box in the head of a table that ticks all rows, and follows them.

export function bind(all) {
  const table = all.closest("table");
  const boxes = () => [...table.querySelectorAll('tbody input[type="checkbox"]:not(:disabled)')];
  const follow = () => {
    const ticked = boxes().filter((box) => box.checked).length;
    all.checked = ticked > 0 && ticked === boxes().length;
    all.indeterminate = ticked > 0 && !all.checked;
  };
  all.addEventListener("change", () => {
    for (const box of boxes()) {
      if (box.checked === all.checked) continue;
      box.checked = all.checked;
      box.dispatchEvent(new Event("change", { bubbles: true }));
    }
    follow();
  });
  table.addEventListener("change", (event) => event.target !== all && follow());
  follow();
}
