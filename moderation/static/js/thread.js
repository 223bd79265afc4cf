/* Makes a thread pleasanter; everything works without it too. Times in the reader's own zone,
   replies in place, a draft that survives, a preview, folded replies, news without a jump. */
"use strict";

const say = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" });
const STEPS = [["day", 86400], ["hour", 3600], ["minute", 60]];
const EVERY = 30000;

function ago(moment) {
  const past = (Date.now() - moment) / 1000;
  if (past > 30 * 86400) return moment.toLocaleDateString();
  const [unit, length] = STEPS.find(([, length]) => past >= length) || [];
  return unit ? say.format(-Math.round(past / length), unit) : "just now";
}

/* A time to come is told by the clock, with its day if that is another one. */
function at(moment) {
  const language = document.documentElement.lang;
  const clock = moment.toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const isToday = moment.toDateString() === new Date().toDateString();
  return isToday ? clock : `${moment.toLocaleDateString(language, { day: "numeric", month: "long" })}, ${clock}`;
}

function tellTimes() {
  for (const time of document.querySelectorAll("time[datetime]")) {
    const moment = new Date(time.dateTime);
    time.title = moment.toLocaleString();
    time.textContent = "until" in time.dataset ? at(moment) : ago(moment);
  }
}

const piece = (url, given) =>
  fetch(url, { ...given, headers: { "X-Piece": "true" } })
    .then((answer) => (answer.ok ? answer.text() : null), () => null);

/* What was typed, by article and comment answered; a browser may forbid keeping it. */
const drafts = {
  get: (key) => { try { return localStorage.getItem(key) || ""; } catch { return ""; } },
  set: (key, text) => {
    try { if (text) localStorage.setItem(key, text); else localStorage.removeItem(key); } catch { /* not kept */ }
  },
};

function composer(form) {
  const text = form.elements.body;
  const parent = form.elements.parent;
  const find = (name) => form.querySelector(`[data-${name}]`);
  const home = document.createComment("");
  let timer;
  form.before(home);

  const key = () => `${form.dataset.draft}:${parent.value}`;

  async function preview() {
    const words = find("preview-words");
    const shown = text.value;
    if ([...shown].length > text.dataset.longest) return;
    const html = shown.trim() && await piece(form.dataset.preview, { method: "POST", body: new FormData(form) });
    if (shown === text.value && html !== null) words.innerHTML = html;
  }

  function typed() {
    const rest = text.dataset.longest - [...text.value].length;
    const left = find("left");
    /* read aloud now and then, not at every key */
    left.ariaLive = rest === 0 || rest === -1 || rest % 100 === 0 ? "polite" : "off";
    left.textContent = rest < 0 ? `${-rest} too many` : rest < 500 ? `${rest} characters left` : "";
    left.classList.toggle("is-over", rest < 0);
    find("cancel").hidden = !text.value && !parent.value;
    drafts.set(key(), text.value);
    clearTimeout(timer);
    if (form.dataset.preview) timer = setTimeout(preview, 500);
  }

  function load() {
    text.value ||= drafts.get(key());
    typed();
  }

  function move(id, name, place) {
    if (parent.value !== id) text.value = "";
    parent.value = id;
    form.classList.toggle("composer--reply", Boolean(id));
    find("answered").hidden = !id;
    find("answered").textContent = id ? `in reply to ${name}` : "";
    place.after(form);
    load();
  }

  text.addEventListener("input", typed);
  /* signed out it is not yet sent, and signing up takes a while */
  if (form.dataset.preview) form.addEventListener("submit", () => drafts.set("sent", key()));
  find("cancel").addEventListener("click", (event) => {
    event.preventDefault();
    const answered = document.getElementById(`comment-${parent.value}`);
    text.value = "";
    typed();
    move("", "", home);
    answered?.focus();
  });
  /* sent and not refused: the draft has done its work */
  if (!form.querySelector("#errors")) drafts.set(drafts.get("sent") || "sent", "");
  drafts.set("sent", "");
  load();
  return (tool) => {
    const comment = tool.closest(".comment");
    move(tool.dataset.reply, comment.querySelector(".comment-by").textContent, comment);
    text.focus();
  };
}

async function unfold(link) {
  const html = await piece(link.dataset.unfold);
  if (html === null) return location.assign(link.href);
  const list = link.closest("ol");
  const before = list.querySelectorAll("article").length;
  const form = list.querySelector("form.composer");
  if (form) list.before(form);
  list.innerHTML = html;
  tellTimes();
  list.querySelectorAll("article")[before]?.focus();
}

function share(link) {
  const copied = navigator.clipboard?.writeText(link.href) || Promise.reject();
  copied.then(() => { link.textContent = "Link copied"; }, () => location.assign(link.href));
}

function watch(thread) {
  const bar = document.getElementById("new-bar");
  setInterval(async () => {
    if (document.hidden || !bar) return;
    const answer = await piece(thread.dataset.version);
    const fresh = answer === null ? 0 : JSON.parse(answer).count - thread.dataset.count;
    if (fresh < 1 || Number(bar.dataset.fresh) === fresh) return;
    bar.dataset.fresh = fresh;
    const link = document.createElement("a");
    link.className = "button button--small button--main";
    link.href = `${location.pathname}?sort=newest#comments`;
    link.textContent = fresh === 1 ? "1 new comment" : `${fresh} new comments`;
    bar.replaceChildren(link);
  }, EVERY);
}

const form = document.querySelector("form.composer");
const reply = form && composer(form);
const thread = document.querySelector("[data-version]");
if (thread) watch(thread);
tellTimes();
setInterval(tellTimes, 60000);

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-reply], [data-unfold], [data-share]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const act = "reply" in link.dataset ? reply : "unfold" in link.dataset ? unfold : share;
  if (!act) return;
  event.preventDefault();
  act(link);
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.activeElement.closest("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
