// A small clock-face beside the send button: how much of the context is in use. Pressing it opens the panel.

import { count, draw, make } from './dom.js'

const meter = make('span', { role: 'meter', 'aria-label': 'Memory in use', 'aria-valuemin': 0 })
const used = draw('circle', { cx: 12, cy: 12, r: 3.25, pathLength: 100, class: 'memory-used' })
const tip = make('span', { id: 'memory-tip', role: 'tooltip' })
const button = make('button', { type: 'button', 'aria-label': 'What I remember', 'aria-haspopup': 'dialog', 'aria-describedby': 'memory-tip' })
const gauge = make('div', { id: 'memory-gauge' }, meter, button, tip)
meter.append(
  draw('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true' }, draw('circle', { cx: 12, cy: 12, r: 9, class: 'memory-track' }), used)
)
button.addEventListener('keydown', (event) => event.key === 'Escape' && gauge.classList.add('memory-quiet'))
for (const event of ['pointerenter', 'focusin']) gauge.addEventListener(event, () => gauge.classList.remove('memory-quiet'))

export const onGauge = (open) => button.addEventListener('click', open)

/** Put the gauge where Chainlit has its send button by now, or take it away when there is nothing to show. */
export function placeGauge(view) {
  const send = document.querySelector('#message-composer :is(#chat-submit, #stop-button)')
  if (!view || !view.budget || !send) {
    gauge.remove()
    return
  }
  if (gauge.parentElement !== send.parentElement) send.parentElement.prepend(gauge)
}

export function setGauge({ tokens, budget }) {
  const said = `${count(tokens)} of ${count(budget)} tokens`
  meter.setAttribute('aria-valuemax', budget)
  meter.setAttribute('aria-valuenow', Math.min(tokens, budget))
  meter.setAttribute('aria-valuetext', said)
  used.setAttribute('stroke-dasharray', `${budget ? Math.min(100, (100 * tokens) / budget) : 0} 100`)
  tip.textContent = `Memory: ${said}`
}
