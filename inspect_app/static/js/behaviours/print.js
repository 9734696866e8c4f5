// Prints the page.

export function bind(button) {
  button.addEventListener("click", () => window.print());
}
