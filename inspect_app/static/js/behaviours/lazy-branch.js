// Fetches a branch of a tree when it is first opened.

export function bind(branch, { bindAll }) {
  branch.addEventListener("toggle", async () => {
    const place = branch.querySelector(":scope > .branch-wait");
    if (!branch.open || !place) return;
    try {
      const response = await fetch(branch.dataset.url, { headers: { "X-Part": "tree" } });
      if (!response.ok || response.redirected) throw new Error(String(response.status));
      const part = new DOMParser().parseFromString(await response.text(), "text/html").querySelector(".tree");
      if (!part) throw new Error("no branch");
      place.replaceWith(document.importNode(part, true));
      bindAll(branch);
    } catch {
      place.textContent = branch.dataset.wordsFailed ?? "";
      branch.open = false;
    }
  });
}
