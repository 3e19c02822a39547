// A thin line in the transcript, above the first turn that is still remembered word for word.

import { make } from './dom.js'
import { elementOf, rowOf } from './turns.js'

const link = make('button', { type: 'button', 'aria-haspopup': 'dialog' }, 'What I remember')
const marker = make('div', { id: 'memory-marker' }, make('p', {}, make('span', {}, 'Earlier messages are kept as a summary'), link))

export const onMarker = (open) => link.addEventListener('click', open)

/** Put the marker inside the turn's row: Chainlit then keeps or drops both together. */
export function placeMarker(view) {
  const element = view && view.begins && elementOf(view.begins)
  if (!element) marker.remove()
  else if (marker.parentElement !== rowOf(element)) rowOf(element).prepend(marker)
}
