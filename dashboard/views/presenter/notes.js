// The speaker's window: sentence, notes, what comes next and the time. It is filled from the page that opened it,
// so that it has no address of its own; every text enters it as text.

const STYLE = `
  * { box-sizing: border-box; }
  body { margin: 0; color: #15202b; background: #f4f2ec; font: 22px/1.45 "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", sans-serif; }
  header { display: flex; align-items: baseline; gap: 1em; padding: 14px 28px; color: #fff; background: #15202b; }
  header b { font-size: 26px; } header .clock { margin-left: auto; font-size: 40px; font-weight: 700; font-variant-numeric: tabular-nums; }
  main { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 24px; padding: 24px 28px; }
  section { padding: 18px 24px; background: #fff; }
  h1 { margin: 0 0 8px; font: 700 34px/1.3 "Noto Serif CJK SC", "Source Han Serif SC", "SimSun", serif; }
  h2 { margin: 0 0 8px; color: #566370; font-size: 20px; font-weight: 400; }
  ul { margin: 0; padding-left: 1.1em; font-size: 28px; } li { margin-bottom: 10px; } ul ::marker { color: #a3271d; }
  .moves { display: flex; gap: 10px; margin-top: 18px; }
  button { font: inherit; color: inherit; background: #fff; border: 1px solid #aab3bc; padding: 8px 18px; cursor: pointer; }
  button:focus-visible { outline: 3px solid #1f5fa8; }
  .steps { display: grid; gap: 0; margin-bottom: 20px; }
  .steps button { display: grid; grid-template-columns: 1.6em 5em 1fr auto; gap: 8px; text-align: left; border: 0; border-bottom: 1px solid #d9dde1; }
  .steps button[aria-current] { color: #fff; background: #1f5fa8; }
  @media (max-width: 900px) { main { grid-template-columns: 1fr; } }
`
const clock = (seconds) => Math.floor(seconds / 60) + ":" + String(Math.floor(seconds % 60)).padStart(2, "0")

export function openNotes({words, onKey, go, move}) {
  const other = window.open("", "guatu-notes", "popup,width=1280,height=800")
  if (!other) { return null }
  const page = other.document, began = performance.now()
  const make = (tag, name, text) => {
    const node = page.createElement(tag)
    if (name) { node.className = name }
    if (text !== undefined) { node.textContent = text }
    return node
  }
  const button = (text, action) => { const node = make("button", "", text); node.type = "button"; node.addEventListener("click", action); return node }
  page.title = words.notes_title
  page.documentElement.lang = document.documentElement.lang
  page.head.replaceChildren(make("style", "", STYLE))
  const head = make("header"), where = make("span"), time = make("span", "clock", "0:00"), main = make("main")
  head.append(make("b", "", words.notes_title), where, time)
  page.body.replaceChildren(head, main)
  let whole = 0
  const beat = setInterval(() => { time.textContent = clock((performance.now() - began) / 1000) + (whole ? " / " + clock(whole) : "") }, 500)
  // A window that was open already listens only once.
  other.onkeydown = onKey

  function show({steps, step, notes, said}) {
    if (other.closed) { clearInterval(beat); return }
    whole = steps.reduce((sum, one) => sum + one.seconds, 0)
    where.textContent = step >= 0 ? step + 1 + " / " + steps.length + " " + steps[step].label : ""
    const left = make("div"), right = make("div"), told = make("section"), own = make("section"), list = make("ul")
    told.append(make("h1", "", said[0]), make("h2", "", said[1]))
    list.append(...(notes[step] ?? []).map((note) => make("li", "", note)))
    own.append(make("h2", "", words.notes_only), list)
    const moves = make("div", "moves")
    moves.append(button("◀ " + words.previous, () => move("previous")), button(words.next + " ▶", () => move("next")))
    left.append(told, own, moves)
    const all = make("div", "steps")
    all.append(...steps.map((one, index) => {
      const node = button("", () => go(index))
      if (index === step) { node.setAttribute("aria-current", "step") }
      node.append(make("span", "", index + 1), make("b", "", one.label), make("span", "", one.title), make("span", "", clock(one.seconds)))
      return node
    }))
    const next = make("section")
    next.append(make("h2", "", words.notes_next), make("h1", "", steps[step + 1]?.title ?? "—"))
    right.append(all, next)
    main.replaceChildren(left, right)
  }
  return {show, close: () => { clearInterval(beat); other.close() }}
}
