// Asks how far a long job has come, and shows the page anew when it ends. Asking does not keep a sign-in alive.

const EVERY = 2_000;
const SLOWEST = 30_000;
const RUNNING = new Set(["queued", "running"]);

export function bind(card) {
  let wait = EVERY;
  const ask = async () => {
    try {
      const response = await fetch(card.dataset.url, { headers: { Accept: "application/json", "X-Polling": "1" } });
      if (response.status === 401 || response.redirected) return;
      if (!response.ok) throw new Error(String(response.status));
      const job = await response.json();
      if (!RUNNING.has(job.state)) return location.reload();
      show(card, job);
      wait = EVERY;
    } catch {
      wait = Math.min(wait * 2, SLOWEST);
    }
    setTimeout(ask, wait);
  };
  setTimeout(ask, wait);
}

function show(card, { percent = 0, words, left }) {
  const bar = card.querySelector(".bar");
  let done = bar.querySelector(".ok");
  if (!done) {
    done = bar.querySelector(".track").cloneNode();
    done.setAttribute("class", "ok");
    bar.append(done);
  }
  done.setAttribute("width", `${percent}%`);
  bar.setAttribute("aria-label", `${Math.round(percent)}%`);
  const parts = { words, left };
  for (const [name, text] of Object.entries(parts)) {
    const place = card.querySelector(`[data-part="${name}"]`);
    if (place && text !== undefined) place.textContent = text;
  }
}
