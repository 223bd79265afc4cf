// The desk: one key, and the next card is there. Without this file every form still works.
"use strict";

const LOOK_EVERY = 5_000; // milliseconds between looks at what colleagues do
const AGAIN_EVERY = 15_000; // between looks for a new case on an empty desk
const TWICE = 400; // milliseconds after a new card in which the same press is a slip of the finger
const PIECE = { "X-Piece": "true" };

let busy = false;
let last = { done: "", at: 0 };

const byId = (id) => document.getElementById(id);
const inDesk = (selector) => byId("desk").querySelector(selector);
const keysAreOn = () => !document.body.classList.contains("keys-off");

function say(...sentences) {
  byId("desk-says").textContent = sentences.filter(Boolean).join(" ");
}

function trouble(sentence) {
  const notice = document.createElement("p");
  notice.className = "notice notice--error";
  notice.setAttribute("role", "alert");
  notice.textContent = sentence;
  byId("desk-trouble").replaceChildren(notice);
  notice.scrollIntoView({ block: "nearest" });
}

// ---- sending forms, and putting the answer in place

async function ask(url, options = {}) {
  const answer = await fetch(url, { ...options, headers: { ...PIECE, ...options.headers } });
  const text = answer.status === 204 ? "" : await answer.text();
  const piece = new DOMParser().parseFromString(text, "text/html").body;
  return { ok: answer.ok, status: answer.status, piece };
}

function post(form, button) {
  const url = button?.getAttribute("formaction") || form.getAttribute("action");
  return ask(url, { method: "POST", body: new URLSearchParams(new FormData(form, button)) });
}

// a second press was meant for the card before: nobody has read this one
function isSlip(button) {
  const settles = button?.matches("[name=action], [data-key=u]");
  return settles && button.dataset.done === last.done && performance.now() - last.at < TWICE;
}

async function send(form, button) {
  if (busy || isSlip(button)) return;
  busy = true;
  byId("desk").setAttribute("aria-busy", "true");
  try {
    place(await post(form, button), button?.dataset.done);
  } catch {
    trouble("No answer from the desk. Look at this case again before you decide.");
  } finally {
    busy = false;
    byId("desk").removeAttribute("aria-busy");
  }
}

function place({ ok, piece }, done) {
  const desk = piece.querySelector("#desk");
  const notes = piece.querySelector("#desk-notes");
  if (desk) {
    swap(desk, ok ? done : "");
  } else if (notes) {
    byId("desk-notes").replaceWith(notes);
    byId("note").value = "";
    say(done);
    byId("desk-title").focus();
  } else {
    trouble(piece.textContent.trim() || "That did not work. Open the case again.");
  }
}

function swap(desk, done) {
  byId("desk").replaceWith(desk);
  last = { done, at: performance.now() };
  byId("desk-trouble").replaceChildren();
  history.replaceState(null, "", desk.dataset.address);
  const wrong = inDesk("#stale-title, #refused-title, #errors");
  window.scrollTo({ top: 0, behavior: "instant" });
  (wrong || byId("desk-title")).focus({ preventScroll: !wrong });
  say(done, desk.dataset.say);
  prepare();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("#desk form[data-swap]")) return;
  event.preventDefault();
  send(form, event.submitter);
});

// ---- the statement follows the clause until somebody writes their own

function prefill() {
  const statement = byId("statement");
  const clause = inDesk("input[name=clause]:checked");
  if (!statement || !clause) return;
  const untouched = !statement.value || statement.value === statement.dataset.plain;
  if (untouched) statement.value = clause.dataset.plain;
  statement.dataset.plain = clause.dataset.plain;
}

document.addEventListener("change", (event) => {
  if (event.target.matches("#desk input[name=clause]")) prefill();
  if (event.target.matches("#desk input[name=also]")) countAlong();
});

function prepare() {
  prefill();
  countAlong();
}

// ---- others that are decided along

const NUMBERS = ["", "one other", "two others", "three others", "four others", "five others", "six others"];

function countAlong() {
  const along = byId("decide-with");
  if (!along) return "";
  const count = byId("desk").querySelectorAll("input[name=also]:checked").length;
  along.textContent = count ? `This comment and ${NUMBERS[count] || `${count} others`}` : along.dataset.alone;
  along.classList.toggle("is-many", count > 0);
  return along.textContent;
}

function tickCopies() {
  const copies = [...byId("desk").querySelectorAll("input[data-copy]")];
  if (!copies.length) return;
  const on = !copies.every((box) => box.checked);
  for (const box of copies) {
    box.checked = on;
    if (on) box.closest("details")?.setAttribute("open", "");
  }
  say(`${countAlong()}.`);
}

// ---- keys

function setChoosing(on) {
  byId("decide")?.classList.toggle("is-choosing", on);
}

const isChoosing = () => Boolean(inDesk(".decide.is-choosing"));

function choose() {
  const clause = inDesk("input[name=clause]:checked") || inDesk("input[name=clause]");
  if (!clause) return;
  setChoosing(true);
  byId("hide-under").scrollIntoView({ block: "nearest" });
  clause.focus({ preventScroll: true });
  const digit = keysAreOn() ? "Press its number; " : "";
  say(`Hide under which clause? ${digit}Enter to write the statement first; Escape to think again.`);
}

function chooseDigit(digit) {
  const clause = inDesk(`input[data-digit="${digit}"]`);
  if (!clause) return;
  clause.checked = true;
  prefill();
  setChoosing(false);
  byId("hide").click();
}

function writeStatement() {
  setChoosing(false);
  const clause = document.activeElement;
  if (clause.matches("input[name=clause]")) clause.checked = true;
  prefill();
  byId("statement").focus();
  byId("statement").select();
}

function handOn() {
  if (!byId("hand-on")) return;
  const note = byId("note");
  note.dataset.then = "hand-on";
  byId("escalate").scrollIntoView({ block: "nearest" });
  note.focus();
  say("Write why. Control Enter hands it on.");
}

function leave() {
  setChoosing(false);
  delete byId("note")?.dataset.then;
  byId("desk-title").focus();
}

const SPECIAL = {
  h: choose,
  e: handOn,
  n: () => byId("note")?.focus(),
  c: () => {
    byId("conversation")?.focus();
    inDesk(".turn--subject")?.scrollIntoView({ block: "center" });
  },
  x: tickCopies,
  "?": () => byId("desk-keys").showModal(),
};

function isTyping(element) {
  return element.matches("textarea, select, input:not([type=radio], [type=checkbox]), [contenteditable]");
}

// Control Enter in a field: what that field is for
function finish(field) {
  const button = field.id === "statement" ? "hide" : field.dataset.then || "save-note";
  byId(button)?.click();
}

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (event.isComposing || byId("desk-keys").open) return;
  if (key === "Escape" && target.closest("#desk")) return leave();
  if (key === "Enter" && (event.ctrlKey || event.metaKey) && target.matches("#statement, #note")) {
    event.preventDefault();
    return finish(target);
  }
  if (key === "Enter" && target.matches("input[name=clause]")) {
    event.preventDefault();
    return writeStatement();
  }
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || isTyping(target)) return;
  if (keysAreOn() && !busy) press(event);
});

function press(event) {
  const { key } = event;
  if (isChoosing() && /^[1-9]$/.test(key)) {
    event.preventDefault();
    return chooseDigit(key);
  }
  const found = SPECIAL[key] ? null : inDesk(`button[data-key="${CSS.escape(key)}"]`);
  if (!SPECIAL[key] && !found) return;
  event.preventDefault();
  if (key !== "h") setChoosing(false);
  if (found) found.click();
  else SPECIAL[key]();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-key]");
  if (!link || !SPECIAL[link.dataset.key] || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  SPECIAL[link.dataset.key]();
});

// ---- what colleagues do meanwhile

async function look() {
  const form = inDesk("form[data-lease]");
  if (document.hidden || busy || !form?.dataset.lease || inDesk("#desk-changed:not(:empty)")) return;
  const body = new URLSearchParams(["csrf_token", "version", "shown"].map((name) => [name, form.elements[name].value]));
  const { status, piece } = await ask(form.dataset.lease, { method: "POST", body });
  if (status === 200 && form.isConnected) byId("desk-changed").replaceChildren(...piece.children);
}

async function lookAgain() {
  const empty = byId("desk-empty");
  if (document.hidden || busy || !empty) return;
  const { piece } = await ask(empty.dataset.again);
  const desk = piece.querySelector("#desk");
  if (desk && empty.isConnected) swap(desk, "A new case.");
}

const quietly = (task) => () => task().catch(() => {}); // the next look may succeed
setInterval(quietly(look), LOOK_EVERY);
setInterval(quietly(lookAgain), AGAIN_EVERY);
prepare();
