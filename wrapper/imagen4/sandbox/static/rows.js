// What each row looks like. Whatever a user sent is set as text, never as markup.

export function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

// Keeps the nodes of what is still there, so that opened details stay open and pictures do not
// load again; `fill` is called again only for what has changed.
export function sync(list, items, key, fill) {
  const old = new Map([...list.children].map((node) => [node.dataset.key, node]));
  items.forEach((item, index) => {
    const id = String(key(item));
    const node = old.get(id) ?? make("li");
    old.delete(id);
    const now = JSON.stringify(item);
    if (node.dataset.now !== now) {
      node.dataset.key = id;
      node.dataset.now = now;
      fill(node, item);
    }
    if (list.children[index] !== node) list.insertBefore(node, list.children[index] ?? null);
  });
  old.forEach((node) => node.remove());
}

export const clockText = (seconds) => new Date(seconds * 1000).toLocaleTimeString([], { hourCycle: "h23" });
const joined = (...texts) => texts.filter(Boolean).join(" · ");
const stateClass = (state) => ({ success: "chip good", fail: "chip bad" })[state] ?? "chip";

export function fillTask(node, task) {
  const text = make("div", "text");
  const head = make("p", "head");
  head.append(
    make("span", stateClass(task.state), task.state),
    make("span", "small", joined(task.gateway, task.model, task.ratio)),
    make("span", "when", clockText(task.created)),
  );
  if (!task.visible) head.append(make("span", "chip bad", "unknown to recordInfo"));
  text.append(head, make("p", "prompt", task.prompt || "(no prompt)"));
  if (task.failure) text.append(make("p", "failure", task.failure));
  if (task.state !== "success" && task.state !== "fail") text.append(bar(task));
  text.append(make("p", "id", task.id));
  const parts = [text];
  if (task.pictures.length) parts.unshift(pictures(task));
  node.replaceChildren(...parts);
}

function bar(task) {
  const progress = make("progress");
  progress.dataset.from = task.created;
  if (task.completed !== null) progress.dataset.to = task.completed;
  progress.setAttribute("aria-label", "progress");
  return progress;
}

function pictures(task) {
  const box = make("div", task.pictures.length > 1 ? "pictures several" : "pictures");
  task.pictures.forEach((path) => {
    const link = make("a");
    link.href = path;
    const image = make("img");
    image.src = path;
    image.alt = task.prompt.slice(0, 120);
    image.loading = "lazy";
    link.append(image);
    box.append(link);
  });
  return box;
}

export function moveBars(now) {
  document.querySelectorAll("progress[data-to]").forEach((progress) => {
    const { from, to } = progress.dataset;
    progress.value = Math.min(1, (now - from) / (to - from || 1));
  });
}

// One line that opens to what was sent and answered; `bodies` are pairs of a caption and a text.
function line(node, parts, row, bodies) {
  const details = node.querySelector("details") ?? make("details");
  const summary = make("summary");
  const subject = make("div", "subject");
  if (row.prompt) subject.append(make("span", "said", row.prompt));
  subject.append(make("span", "id", joined(row.gateway, row.task)));
  summary.append(...parts, subject);
  const opened = bodies.filter(([, text]) => text).flatMap(
    ([caption, text]) => [make("p", "caption", caption), make("pre", "", text)],
  );
  details.replaceChildren(summary, ...opened);
  node.replaceChildren(details);
}

export function fillRequest(node, entry) {
  const spoken = entry.code ?? entry.status;
  const good = entry.status !== null && entry.status < 300 && (entry.code === null || entry.code === 200);
  const verdict = entry.status === null ? "no answer" : entry.code === null || entry.code === entry.status
    ? `${spoken}` : `${entry.status} · code ${entry.code}`;
  const parts = [
    make("span", good ? "chip good" : "chip bad", verdict),
    make("span", entry.operation ? "what" : "what long", entry.operation || entry.path),
  ];
  if (entry.fault) parts.push(make("span", "chip", entry.fault));
  parts.push(make("span", "when", clockText(entry.time)));
  const asked = [`${entry.method} ${entry.path}`, entry.body].filter(Boolean).join("\n\n");
  line(node, parts, entry, [["Request", asked], ["Answer", entry.answer]]);
}

export function fillCallback(node, callback) {
  const good = callback.outcome === "HTTP 200";
  const waiting = callback.outcome === "waiting";
  const [spoken, why = ""] = callback.outcome.split(": ");
  const parts = [
    make("span", good ? "chip good" : waiting ? "chip" : "chip bad", spoken),
    make("span", "small", `attempt ${callback.attempt}`),
    make("span", "when", clockText(callback.due)),
    make("span", "what long", callback.url),
  ];
  if (why) parts.push(make("span", "small long", why));
  line(node, parts, callback, [
    ["Address", callback.url],
    [callback.sent === null ? "Headers" : `Headers, sent ${clockText(callback.sent)}`, callback.headers],
    ["Body", callback.body],
    ["Answer", callback.outcome],
  ]);
}

export function fillArmed(node, armed) {
  const where = [armed.gateway, armed.operation].filter(Boolean).join(" ");
  const scope = [
    where && `on ${where}`,
    armed.times !== null && `next ${armed.times}`,
    armed.share !== null && `${armed.share * 100} % of requests`,
    armed.word && `prompts with “${armed.word}”`,
    `struck ${armed.struck}×`,
  ].filter(Boolean).join(", ");
  const row = make("div", "line");
  row.append(make("span", "chip", armed.name), make("span", "small", scope));
  node.replaceChildren(row);
}

export function fillSigning(node, gateway) {
  const row = make("p", "access");
  if (gateway.webhook_key === null) {
    row.append(make("span", "", `${gateway.name} does not sign its callbacks`));
  } else {
    const key = make("code", "", gateway.webhook_key);
    key.id = `webhook-key-${gateway.name}`;
    const button = make("button", "", "Copy");
    button.type = "button";
    button.dataset.copy = key.id;
    row.append(make("span", "", `${gateway.name} signs with`), key, button);
  }
  node.replaceChildren(row);
}
