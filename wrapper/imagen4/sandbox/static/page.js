// Shows /sandbox/state once a second. Whatever a user sent is set as text, never as markup.

const PERIOD = 1000;
const byId = (id) => document.getElementById(id);
let faults = [];

function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

// Keeps the nodes of what is still there, so that opened details stay open and pictures do not
// load again; `fill` is called again only for what has changed.
function sync(list, items, key, fill) {
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

const clockText = (seconds) => new Date(seconds * 1000).toLocaleTimeString();
const stateClass = (state) => ({ success: "chip good", fail: "chip bad" })[state] ?? "chip";

function fillTask(node, task) {
  node.dataset.state = task.state;
  const text = make("div", "text");
  const head = make("p", "small");
  head.append(make("span", stateClass(task.state), task.state), ` ${[task.gateway, task.model, task.ratio, clockText(task.created)].filter(Boolean).join(" · ")}`);
  if (!task.visible) head.append(" ", make("span", "chip bad", "unknown to recordInfo"));
  text.append(head, make("p", "prompt", task.prompt || "(no prompt)"));
  if (task.failure) text.append(make("p", "failure", task.failure));
  if (task.state !== "success" && task.state !== "fail") text.append(bar(task));
  text.append(make("p", "small id", task.id));
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

function moveBars(now) {
  document.querySelectorAll("progress[data-to]").forEach((progress) => {
    const { from, to } = progress.dataset;
    progress.value = Math.min(1, (now - from) / (to - from || 1));
  });
}

function line(node, parts, bodies) {
  const details = node.querySelector("details") ?? make("details");
  const summary = make("summary");
  summary.append(...parts);
  details.replaceChildren(summary, ...bodies.filter(Boolean).map((text) => make("pre", "", text)));
  node.replaceChildren(details);
}

function fillRequest(node, entry) {
  const spoken = entry.code ?? entry.status;
  const good = entry.status !== null && entry.status < 300 && (entry.code === null || entry.code === 200);
  const verdict = entry.status === null ? "no answer" : entry.code === null || entry.code === entry.status
    ? `${spoken}` : `${entry.status} · code ${entry.code}`;
  const parts = [
    make("span", good ? "chip good" : "chip bad", verdict),
    make("span", "what", entry.operation || entry.path),
    make("span", "small", entry.gateway),
  ];
  if (entry.fault) parts.push(make("span", "chip", entry.fault));
  parts.push(make("span", "when", clockText(entry.time)));
  line(node, parts, [`${entry.method} ${entry.path}`, entry.body, entry.answer]);
}

function fillCallback(node, callback) {
  const good = callback.outcome === "HTTP 200";
  const waiting = callback.outcome === "waiting";
  const parts = [
    make("span", good ? "chip good" : waiting ? "chip" : "chip bad", callback.outcome),
    make("span", "what", callback.url),
    make("span", "small", `${callback.gateway}, attempt ${callback.attempt}`),
    make("span", "when", clockText(callback.due)),
  ];
  line(node, parts, [callback.task, callback.headers, callback.body]);
}

function fillArmed(node, armed) {
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

function showFaults(list) {
  if (faults.length === list.length) return;
  faults = list;
  byId("fault").replaceChildren(...list.map((fault) => {
    const option = make("option", "", fault.name);
    option.value = fault.name;
    return option;
  }));
  explain();
}

function explain() {
  const fault = faults.find(({ name }) => name === byId("fault").value);
  byId("says").textContent = fault ? `${fault.strikes}: ${fault.says}` : "";
}

function showFacts(state) {
  const facts = [
    ["profile", state.profile],
    ["time", clockText(state.now)],
    ["clock", state.speed === 0 ? "stands still" : `${state.speed}×`],
    ...state.gateways.map(({ name, credits }) => [`${name} credits`, credits.toLocaleString()]),
  ];
  byId("facts").replaceChildren(...facts.map(([name, value]) => {
    const fact = make("span", "", `${name} `);
    fact.append(make("b", "", value));
    return fact;
  }));
}

function show(state) {
  showFacts(state);
  const first = state.gateways[0];
  byId("hint").textContent = `from imagen4 import Client

client = Client(
    "${first.name}",
    base_url="${location.origin}/${first.name}",
    api_key="${first.key}",
)
client.generate("a red fox in the snow")`;
  byId("empty").hidden = state.tasks.length > 0;
  byId("tasks-count").textContent = state.tasks.length ? `(${state.tasks.length} newest)` : "";
  byId("no-requests").hidden = state.requests.length > 0;
  byId("no-callbacks").hidden = state.callbacks.length > 0;
  sync(byId("tasks"), state.tasks, (task) => `${task.gateway} ${task.id}`, fillTask);
  sync(byId("requests"), state.requests, (entry) => entry.number, fillRequest);
  sync(byId("callbacks"), state.callbacks, (one) => one.number, fillCallback);
  sync(byId("armed"), state.armed, (armed) => armed.number, fillArmed);
  showFaults(state.faults);
  moveBars(state.now);
}

async function refresh() {
  try {
    const answer = await fetch("/sandbox/state", { cache: "no-store" });
    show(await answer.json());
    byId("lost").hidden = true;
  } catch {
    byId("lost").hidden = false;
  }
}

async function tell(method, path, content) {
  const answer = await fetch(path, {
    method, headers: { "content-type": "application/json" }, body: JSON.stringify(content),
  });
  const said = await answer.json();
  if (said.error) byId("says").textContent = said.error;
  await refresh();
}

document.querySelectorAll("[data-seconds]").forEach((button) => {
  button.addEventListener("click", () => tell("POST", "/sandbox/clock", { seconds: Number(button.dataset.seconds) }));
});
byId("reset").addEventListener("click", () => tell("POST", "/sandbox/reset", {}));
byId("clear").addEventListener("click", () => tell("DELETE", "/sandbox/faults", {}));
byId("fault").addEventListener("change", explain);
byId("arm").addEventListener("submit", (event) => {
  event.preventDefault();
  const word = byId("word").value.trim();
  tell("POST", "/sandbox/faults", {
    name: byId("fault").value, times: Number(byId("times").value), ...(word ? { word } : {}),
  });
});

async function loop() {
  if (!document.hidden) await refresh();
  setTimeout(loop, PERIOD);
}
loop();
