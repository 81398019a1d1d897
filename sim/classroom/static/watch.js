// Watch: all turns are fetched once; buttons and keys then step through them.

document.documentElement.dataset.live = "";
const frame = document.getElementById("frame");
const play = document.getElementById("play");
const said = document.getElementById("said");
const where = document.getElementById("where");
const link = frame.dataset.link;
let turn = Number(frame.dataset.turn);
let frames = null;
let ticking = null;

const loaded = fetch(`/watch/turns?${link}`, { headers: { accept: "application/json" } })
  .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer)))
  .then((data) => { frames = data.turns; });

async function show(number) {
  try { await loaded; } catch { location.assign(`/watch?${link}&turn=${Math.max(number, 0)}`); return; }
  turn = Math.min(Math.max(number, 0), frames.length - 1);
  frame.innerHTML = frames[turn];
  frame.dataset.turn = String(turn);
  where.value = turn;
  // What is read aloud is what happened; the tables can be visited.
  said.textContent = [...frame.querySelectorAll(".when, .side h3, .told li")].map((each) => each.textContent.trim()).join(". ");
  history.replaceState(null, "", `/watch?${link}&turn=${turn}`);
  for (const [id, to] of [["first", 0], ["back", Math.max(turn - 1, 0)], ["next", Math.min(turn + 1, frames.length - 1)]]) {
    document.getElementById(id).href = `/watch?${link}&turn=${to}`;
  }
  if (turn === frames.length - 1) stop();
}

function stop() {
  clearInterval(ticking);
  ticking = null;
  play.textContent = "Play";
  play.setAttribute("aria-pressed", "false");
}

function start() {
  if (frames !== null && turn === frames.length - 1) show(0);
  ticking = setInterval(() => show(turn + 1), 2500);
  play.textContent = "Pause";
  play.setAttribute("aria-pressed", "true");
  show(turn + 1);
}

const toggle = () => (ticking === null ? start() : stop());
const acts = { first: () => show(0), back: () => show(turn - 1), next: () => show(turn + 1) };
for (const [id, act] of Object.entries(acts)) {
  document.getElementById(id).addEventListener("click", (event) => { event.preventDefault(); stop(); act(); });
}
play.addEventListener("click", toggle);
const chosen = document.getElementById("choose");
chosen.elements.scenario.addEventListener("change", () => {
  location.assign(`/watch?scenario=${encodeURIComponent(chosen.elements.scenario.value)}`);
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.target.closest("input, select, textarea")) return;
  const act = {
    ArrowRight: () => { stop(); acts.next(); }, ArrowLeft: () => { stop(); acts.back(); },
    Home: () => { stop(); acts.first(); }, p: toggle, n: () => document.getElementById("another").click(),
  }[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
