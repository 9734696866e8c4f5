// A menu made of <details>, with its list inside it or beside it in `.more`: closes on a click elsewhere and on Escape.

export function bind(menu) {
  const frame = menu.closest(".more") ?? menu;
  document.addEventListener("click", (event) => {
    if (!frame.contains(event.target)) menu.open = false;
  });
  frame.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}
