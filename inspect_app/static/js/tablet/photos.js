// Photos and documents on their way to the server. They stay here until the server has them.

/**
 * `onChange(criterion)` hears of every step. `post(criterion, file)` sends one and gives what the server made of it.
 */
export class Photos {
  constructor({ post, onChange }) {
    this.post = post;
    this.onChange = onChange;
    this.waiting = [];
  }

  /** How many are not on the server yet. */
  get size() {
    return this.waiting.length;
  }

  of(criterion) {
    return this.waiting.filter((each) => each.criterion === criterion);
  }

  /** Sends a file; gives the server's record of it, or null when it has to be tried again. */
  async add(criterion, file) {
    const item = { criterion, file, name: file.name, preview: previewOf(file), failed: "" };
    this.waiting.push(item);
    return this.send(item);
  }

  async again(criterion) {
    return Promise.all(this.of(criterion).filter((item) => item.failed).map((item) => this.send(item)));
  }

  async send(item) {
    item.failed = "";
    this.onChange(item.criterion);
    try {
      const stored = await this.post(item.criterion, item.file);
      this.waiting.splice(this.waiting.indexOf(item), 1);
      if (item.preview) URL.revokeObjectURL(item.preview);
      return stored;
    } catch (error) {
      item.failed = error.message || "?";
      return null;
    } finally {
      this.onChange(item.criterion);
    }
  }
}

/** Posts a file to a visit; throws with the server's words when it is not taken. */
export async function postFile(url, csrf, criterion, file, fetch = globalThis.fetch) {
  const body = new FormData();
  body.append("criterion", criterion);
  body.append("files", file);
  const headers = { Accept: "application/json", "X-CSRFToken": csrf };
  const response = await fetch(url, { method: "POST", body, headers, redirect: "error" });
  const answer = await response.json();
  if (response.status !== 201) throw new Error(answer.error ?? String(response.status));
  return answer.attachments[0];
}

function previewOf(file) {
  return file.type.startsWith("image/") ? URL.createObjectURL(file) : null;
}
