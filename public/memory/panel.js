// "What I remember": a sheet beside the transcript, or over the whole of a small screen.

import { forgetItem, recallAcross } from './client.js'
import { icon, make, modal } from './dom.js'
import { askToForget } from './forgetting.js'
import { lists } from './items.js'
import { elementOf, reveal } from './turns.js'
import { usage } from './usage.js'

const SAID_MS = 6000
const BESIDE = '(min-width: 1100px)' // as in memory.css

const close = make('button', { type: 'button', class: 'memory-close', 'aria-label': 'Close', click: () => panel.close() }, icon('close'))
const title = make('h2', { id: 'memory-title', tabindex: '-1' }, 'What I remember')
const content = make('div', { class: 'memory-content' })
const failed = make('p', { role: 'alert', class: 'memory-failed' })
const spoken = make('p', { class: 'memory-spoken', role: 'status' })
const across = make('button', { type: 'button', role: 'switch', id: 'memory-across', 'aria-labelledby': 'memory-across-name', 'aria-describedby': 'memory-across-about', click: switchAcross })
const forget = make('button', { type: 'button', class: 'memory-forget-all', click: () => askToForget(thread) }, 'Forget this conversation')
const panel = modal(
  { id: 'memory-panel', 'aria-labelledby': 'memory-title' },
  make(
    'div',
    { class: 'memory-sheet' },
    make('header', {}, title, close),
    make(
      'div',
      { class: 'memory-body', tabindex: '-1' },
      failed,
      content,
      make(
        'footer',
        {},
        make(
          'div',
          { class: 'memory-switch' },
          make('label', { id: 'memory-across-name', for: 'memory-across' }, 'Remember my other conversations'),
          across,
          make('p', { id: 'memory-across-about' }, 'When this is on, I may also look things up in your own other conversations before I answer.')
        ),
        forget
      )
    ),
    spoken
  )
)

let thread = ''
let shown = ''
let forgot = false
let saying = 0
let tellOthers = () => {}

export const isOpen = () => panel.open

/** Close the sheet unless it shows this conversation. */
export function closeUnless(ofThread) {
  if (panel.open && ofThread !== thread) panel.close()
}

/** `changed(view)` is called with what is left after something was forgotten. */
export function openPanel(ofThread, view, changed) {
  thread = ofThread
  tellOthers = changed
  shown = failed.textContent = ''
  forgot = false
  say('')
  fill(view)
  panel.showModal()
  title.focus()
}

/** Draw the view, if it is another than the one that stands there. */
export function fill(view) {
  const said = JSON.stringify(view)
  if (said === shown) return
  shown = said
  const { item, kind } = focused()
  const unfolded = content.querySelector('details')?.open
  across.setAttribute('aria-checked', String(Boolean(view && view.recall_across)))
  content.replaceChildren(...(view ? [usage(view), ...(view.items.length ? [about(), ...lists(view.items, acts)] : [nothing()])] : [waiting()]))
  content.querySelector('details')?.toggleAttribute('open', Boolean(unfolded))
  if (item) content.querySelector(`[data-item="${CSS.escape(item)}"] .${kind}`)?.focus()
}

function focused() {
  const active = content.contains(document.activeElement) ? document.activeElement : null
  return { item: active?.closest('[data-item]')?.dataset.item, kind: active?.classList[0] }
}

const waiting = () => make('p', { class: 'memory-about' }, 'One moment…')

const about = () => make('p', { class: 'memory-about memory-intro' }, 'Forget anything you like. The messages themselves stay in the chat until you forget the whole conversation.')

function nothing() {
  return make(
    'div',
    { class: 'memory-empty' },
    make('p', {}, forgot ? 'All of it is forgotten.' : 'Nothing to keep yet.'),
    make('p', {}, 'Names, numbers, dates and promises will appear here as we talk. Once this conversation is long, so will a summary of how it began.')
  )
}

const acts = {
  async forget(item) {
    const buttons = [...content.querySelectorAll('.memory-forget')]
    const had = buttons.length
    const place = buttons.findIndex((each) => each.closest('[data-item]').dataset.item === item.id)
    failed.textContent = ''
    buttons[place].disabled = true
    try {
      const left = await forgetItem(thread, item.id)
      forgot = true
      fill(left)
      tellOthers(left)
      say(forgottenSentence(had - left.items.length, left.items.length))
      const remaining = content.querySelectorAll('.memory-forget')
      ;(remaining[Math.min(place, remaining.length - 1)] || title).focus()
    } catch (error) {
      buttons[place].disabled = false
      failed.textContent = error.message
    }
  },
  show(turn, saidBy, event) {
    // Beside the transcript a pointer goes on reading here; a keyboard goes along to the message.
    const stays = matchMedia(BESIDE).matches && event.detail > 0
    if (!stays) panel.close()
    reveal(elementOf(turn, saidBy), { focus: !stays })
  }
}

/** With a line goes what was said in its messages, so more than one thing may be gone. */
function forgottenSentence(gone, left) {
  const more = gone - 1
  const along = more > 0 ? `Forgotten, with ${more} more from the same messages.` : 'Forgotten.'
  return left ? along : `${along} Nothing is left.`
}

function say(words) {
  clearTimeout(saying)
  spoken.textContent = words
  saying = setTimeout(() => (spoken.textContent = ''), SAID_MS)
}

async function switchAcross() {
  const on = across.getAttribute('aria-checked') !== 'true'
  failed.textContent = ''
  across.setAttribute('aria-checked', String(on))
  try {
    await recallAcross(on)
  } catch (error) {
    across.setAttribute('aria-checked', String(!on))
    failed.textContent = error.message
  }
}
